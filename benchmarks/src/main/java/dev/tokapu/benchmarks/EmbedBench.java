package dev.tokapu.benchmarks;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Texts per second of one call after the other: of an {@link Embedder} in this process, or of a server with {@code /v1/embeddings}, whose responses are
 * received and not read. Texts are common words, each a token or two. Prints one JSON object with the figure of each repetition; the first call does not count.
 *
 * <p>Arguments: {@code own} or the address of a server, model file, words of a text, texts of a call, repetitions, threads, micro-batch.
 */
public final class EmbedBench {

    private static final String[] WORDS =
            ("the of and to in a is that for it as was with be by on not he his but at are this have from"
                            + " or had an they which one you were all her she there would their we him been has when who will no more if"
                            + " out so up said what its about than into them can only other time new some could these two may first then do")
                    .split(" ", -1);

    private EmbedBench() {}

    /** One call. */
    interface Call {
        void run() throws IOException, InterruptedException;
    }

    /**
     * Runs it.
     *
     * @param args own or an address, model file, words, texts, repetitions, threads, micro-batch
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> texts = texts(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        int repetitions = Integer.parseInt(args[4]);
        if (!args[0].equals("own")) {
            measure(server(args[0], texts), texts.size(), repetitions);
            return;
        }
        int threads = Integer.parseInt(args[5]);
        EmbedderOptions options = EmbedderOptions.builder()
                .context(ContextOptions.builder()
                        .threads(threads)
                        .batchThreads(threads)
                        .microBatchSize(Integer.parseInt(args[6]))
                        .build())
                .build();
        try (Model model = Model.load(Path.of(args[1]));
                Embedder embedder = Embedder.open(model, options)) {
            measure(() -> embedder.embed(texts), texts.size(), repetitions);
        }
    }

    static List<String> texts(int words, int count) {
        Random random = new Random(1);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder();
            for (int word = 0; word < words; word++) {
                text.append(word == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private static Call server(String address, List<String> texts) {
        StringWriter body = new StringWriter();
        body.write("{\"input\":[");
        for (int i = 0; i < texts.size(); i++) {
            body.write((i == 0 ? "\"" : ",\"") + texts.get(i) + '"');
        }
        body.write("]}");
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/v1/embeddings"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        return () -> {
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new IOException(
                        "status " + response.statusCode() + ": " + new String(response.body(), StandardCharsets.UTF_8));
            }
        };
    }

    static void measure(Call call, int texts, int repetitions) throws IOException, InterruptedException {
        call.run();
        double[] rates = new double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            long start = System.nanoTime();
            call.run();
            rates[i] = texts * 1e9 / (System.nanoTime() - start);
        }
        System.out.printf(Locale.ROOT, "{\"texts_per_second\": %s}%n", Arrays.toString(rates));
    }
}
