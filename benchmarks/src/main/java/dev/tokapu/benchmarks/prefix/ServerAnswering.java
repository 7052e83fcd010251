package dev.tokapu.benchmarks.prefix;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** A llama-server, through its own endpoint {@code /completion}: that of OpenAI does not tell the tokens of an answer. */
final class ServerAnswering implements Answering {

    private static final int TIMEOUT_MS = 600_000;

    private final URI completion;

    ServerAnswering(URI server) {
        completion = server.resolve("/completion");
    }

    @Override
    public Answer answer(int[] prompt, int tokens, Consumer<int[]> soFar) throws IOException {
        byte[] body = ("{\"prompt\":" + Arrays.toString(prompt).replace(" ", "") + ",\"n_predict\":" + tokens
                        + ",\"stream\":true,\"return_tokens\":true,\"cache_prompt\":true,\"ignore_eos\":true,"
                        + "\"temperature\":0,\"top_k\":1}")
                .getBytes(StandardCharsets.US_ASCII);
        HttpURLConnection connection = (HttpURLConnection) completion.toURL().openConnection();
        connection.setReadTimeout(TIMEOUT_MS);
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setRequestProperty("Connection", "close"); // the server closes idle connections, at times just now
        long sent = System.nanoTime();
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body);
        }
        if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
            throw new IOException("llama-server answered with status " + connection.getResponseCode());
        }
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            return read(lines, sent, soFar);
        }
    }

    private static Answer read(BufferedReader lines, long sent, Consumer<int[]> soFar) throws IOException {
        long first = 0;
        int[] tokens = {};
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.startsWith("data:")) {
                if (line.startsWith("error:")) {
                    throw new IOException("llama-server failed: " + line);
                }
                continue;
            }
            ServerEvent event = ServerEvent.parse(line.substring("data:".length()));
            first = first == 0 ? System.nanoTime() : first;
            int before = tokens.length;
            tokens = Arrays.copyOf(tokens, before + event.tokens().length);
            System.arraycopy(event.tokens(), 0, tokens, before, event.tokens().length);
            if (event.isLast()) {
                return new Answer(tokens, event.cachedTokens(), sent, first);
            }
            soFar.accept(tokens);
        }
        throw new IOException("the answer of llama-server ended before its last event");
    }

    @Override
    public void close() {
        // The process is somebody else's.
    }
}
