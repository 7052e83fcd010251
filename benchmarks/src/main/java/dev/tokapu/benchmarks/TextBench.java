package dev.tokapu.benchmarks;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.TextStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Greedy text through the API that applications use: prompt to text pieces, token by token. Prints one JSON object with the
 * tokens per second of each repetition, counted from the first piece to the last.
 *
 * <p>Arguments: model file, tokens, repetitions, threads.
 */
public final class TextBench {

    static final String PROMPT = "The history of the bicycle begins with";

    private TextBench() {}

    /**
     * Runs it.
     *
     * @param args model file, tokens, repetitions, threads
     */
    public static void main(String[] args) {
        int tokens = Integer.parseInt(args[1]);
        double[] rates = new double[Integer.parseInt(args[2])];
        int threads = Integer.parseInt(args[3]);
        CompletionOptions options = CompletionOptions.builder()
                .context(ContextOptions.builder()
                        .contextSize(512)
                        .threads(threads)
                        .batchThreads(threads)
                        .build())
                .samplers(Sampler.greedy())
                .maxTokens(tokens)
                .build();
        try (Model model = Model.load(Path.of(args[0]))) {
            for (int i = 0; i < rates.length; i++) {
                rates[i] = rate(model, options);
            }
        }
        System.out.println("{\"tokens_per_second\": " + Arrays.toString(rates) + "}");
    }

    private static double rate(Model model, CompletionOptions options) {
        try (TextStream completion = Completion.of(model, PROMPT, options)) {
            long first = 0;
            for (String piece : completion) {
                if (first == 0 && !piece.isEmpty()) {
                    first = System.nanoTime();
                }
            }
            return (completion.usage().generatedTokens() - 1) * 1e9 / (System.nanoTime() - first);
        }
    }
}
