package dev.tokapu.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Tokapu;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.TextStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Greedy answers by a JSON Schema, one after the other, each followed by as many tokens of free text for the same prompt. Prints one
 * JSON object with the seconds, tokens, milliseconds per token and text of each.
 *
 * <p>Arguments: model file, schema file, file with one prompt a line, the most tokens of an answer, threads.
 */
public final class StructuredBench {

    private static final int CONTEXT_SLACK = 256;

    private final Model model;
    private final ContextOptions context;

    private StructuredBench(Model model, ContextOptions context) {
        this.model = model;
        this.context = context;
    }

    /**
     * Runs it.
     *
     * @param args as above
     * @throws IOException if a file cannot be read
     */
    public static void main(String[] args) throws IOException {
        String schema = Files.readString(Path.of(args[1]));
        List<String> prompts = Files.readAllLines(Path.of(args[2]));
        int most = Integer.parseInt(args[3]);
        int threads = Integer.parseInt(args[4]);
        ContextOptions context = ContextOptions.builder()
                .contextSize(most + CONTEXT_SLACK)
                .threads(threads)
                .batchThreads(threads)
                .build();
        StringWriter text = new StringWriter();
        try (Model model = Model.load(Path.of(args[0]));
                JsonGenerator json = new JsonFactory().createGenerator(text)) {
            StructuredBench bench = new StructuredBench(model, context);
            bench.pair(prompts.get(0), schema, most);
            json.writeStartObject();
            json.writeStringField("binding", Tokapu.binding().toString());
            json.writeArrayFieldStart("answers");
            for (String prompt : prompts) {
                json.writeStartObject();
                for (Answer answer : bench.pair(prompt, schema, most)) {
                    answer.write(json);
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        System.out.println(text);
    }

    private List<Answer> pair(String prompt, String schema, int most) {
        // The schema is translated for each answer, as a server does.
        long start = System.nanoTime();
        Answer structured = answer("structured", start, prompt, most, Grammar.ofJsonSchema(schema), Sampler.greedy());
        Answer free = answer("free", System.nanoTime(), prompt, structured.tokens(), Sampler.greedy());
        return List.of(structured, free);
    }

    private Answer answer(String name, long start, String prompt, int most, Sampler... samplers) {
        CompletionOptions options = CompletionOptions.builder()
                .context(context)
                .samplers(samplers)
                .maxTokens(most)
                .build();
        try (TextStream completion = Completion.of(model, prompt, options)) {
            String text = completion.text();
            double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
            double perToken =
                    TimeUnit.SECONDS.toMillis(1) / completion.timings().tokensPerSecond();
            return new Answer(name, seconds, completion.usage().generatedTokens(), perToken, text);
        }
    }

    /** One text, and what it took. */
    private record Answer(String name, double seconds, int tokens, double perTokenMillis, String text) {

        void write(JsonGenerator json) throws IOException {
            json.writeObjectFieldStart(name);
            json.writeNumberField("seconds", seconds);
            json.writeNumberField("tokens", tokens);
            json.writeNumberField("per_token_ms", perTokenMillis);
            json.writeStringField("text", text);
            json.writeEndObject();
        }
    }
}
