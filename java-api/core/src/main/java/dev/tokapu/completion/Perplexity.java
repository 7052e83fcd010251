package dev.tokapu.completion;

import dev.tokapu.ContextOptions;
import dev.tokapu.LoadProgress;
import dev.tokapu.Model;
import dev.tokapu.internal.text.ChunkedText;
import dev.tokapu.internal.util.LogSoftmax;
import java.util.concurrent.CancellationException;

/**
 * How well a model predicts a text: {@code exp} of the mean negative log-likelihood of its tokens, as llama.cpp's
 * tools/perplexity computes it. The text is cut into chunks of the same size, each begins with BOS where the model wants
 * one, and the second half of each chunk counts.
 *
 * <p>Thread safety: immutable.
 *
 * @param value the perplexity, 1 or more; lower is better
 * @param error the standard error of the value
 * @param tokens how many tokens counted
 * @since 0.1
 */
public record Perplexity(double value, double error, int tokens) {

    /**
     * Computes it with {@link ContextOptions#defaults()}.
     *
     * @param model the model
     * @param text the text, at least two chunks long
     * @param chunkSize tokens in a chunk, 3 to 2,048; llama-perplexity's default is 512
     * @return the perplexity
     */
    public static Perplexity of(Model model, String text, int chunkSize) {
        return of(model, text, chunkSize, ContextOptions.defaults());
    }

    /**
     * Computes it.
     *
     * @param model the model
     * @param text the text, at least two chunks long
     * @param chunkSize tokens in a chunk, 3 to 2,048
     * @param options for the context; sizes and sequences are set as llama-perplexity sets them
     * @return the perplexity
     * @throws IllegalArgumentException when the text is too short, or the model is an encoder
     */
    public static Perplexity of(Model model, String text, int chunkSize, ContextOptions options) {
        return of(model, text, chunkSize, options, progress -> true);
    }

    /**
     * Computes it.
     *
     * @param model the model
     * @param text the text, at least two chunks long
     * @param chunkSize tokens in a chunk, 3 to 2,048
     * @param options for the context; sizes and sequences are set as llama-perplexity sets them
     * @param progress is told how much of the text is computed; false cancels
     * @return the perplexity
     * @throws IllegalArgumentException when the text is too short, or the model is an encoder
     * @throws CancellationException when the listener asked to stop
     */
    public static Perplexity of(
            Model model, String text, int chunkSize, ContextOptions options, LoadProgress progress) {
        int[] tokens = ChunkedText.tokens(model, text, chunkSize);
        float[] logits = new float[model.vocab().size()];
        double values = 0;
        double squares = 0;
        int count = 0;
        try (ChunkedText chunks = ChunkedText.open(model, tokens, chunkSize, options, false)) {
            while (chunks.next()) {
                for (int sequence = 0; sequence < chunks.together(); sequence++) {
                    for (int i = chunkSize / 2; i < chunkSize - 1; i++) {
                        chunks.copyLogits(sequence, i, logits);
                        double value = -new LogSoftmax(logits).of(chunks.token(sequence, i + 1));
                        values += value;
                        squares += value * value;
                        count++;
                    }
                }
                if (!progress.onProgress(chunks.progress())) {
                    throw new CancellationException("the perplexity was cancelled");
                }
            }
        }
        double mean = values / count;
        double perplexity = Math.exp(mean);
        double error = count < 2 ? 0 : Math.sqrt(Math.max(0, squares / count - mean * mean) / (count - 1));
        return new Perplexity(perplexity, error * perplexity, count);
    }
}
