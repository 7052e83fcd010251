package dev.tokapu.completion;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.Vocab;
import dev.tokapu.exception.DecodeException;
import dev.tokapu.internal.text.PromptText;
import dev.tokapu.internal.util.LogSoftmax;

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

    private static final int BATCH_SIZE = 2048;

    /**
     * Computes it with {@link ContextOptions#defaults()}.
     *
     * @param model the model
     * @param text the text, at least two chunks long
     * @param chunkSize tokens in a chunk, 2 to 2,048; llama-perplexity's default is 512
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
     * @param chunkSize tokens in a chunk, 2 to 2,048
     * @param options for the context; sizes and sequences are set as llama-perplexity sets them
     * @return the perplexity
     * @throws IllegalArgumentException when the text is too short
     */
    public static Perplexity of(Model model, String text, int chunkSize, ContextOptions options) {
        if (chunkSize < 2 || chunkSize > BATCH_SIZE) {
            throw new IllegalArgumentException(
                    "chunkSize is " + chunkSize + "; it must be from 2 to " + BATCH_SIZE + " tokens");
        }
        int[] tokens = PromptText.tokens(model.vocab(), text, false);
        int chunks = tokens.length / chunkSize;
        if (chunks < 2) {
            throw new IllegalArgumentException("the text has " + tokens.length + " tokens; at least two chunks of "
                    + chunkSize + " are needed, take a longer text or a smaller chunkSize");
        }
        int sequences = BATCH_SIZE / chunkSize;
        ContextOptions sized = options.toBuilder()
                .contextSize(sequences * chunkSize)
                .batchSize(BATCH_SIZE)
                .maxSequences(sequences)
                .build();
        Sum sum = new Sum(tokens, chunkSize, new float[model.vocab().size()]);
        Batch batch = new Batch(BATCH_SIZE);
        try (Context context = model.newContext(sized)) {
            for (int chunk = 0; chunk < chunks; chunk += sequences) {
                int together = Math.min(sequences, chunks - chunk);
                fill(batch.clear(), model.vocab(), sum, chunk, together);
                context.kvCache().clear();
                DecodeStatus status = context.decode(batch);
                if (status != DecodeStatus.OK) {
                    throw new DecodeException("the perplexity could not be computed: decode answered " + status);
                }
                for (int sequence = 0; sequence < together; sequence++) {
                    sum.add(context, chunk + sequence, sequence);
                }
            }
        }
        return sum.result();
    }

    private static void fill(Batch batch, Vocab vocab, Sum sum, int chunk, int together) {
        for (int sequence = 0; sequence < together; sequence++) {
            for (int i = 0; i < sum.chunkSize; i++) {
                boolean bos = i == 0 && vocab.specialTokens().addsBos();
                int token = bos
                        ? vocab.specialTokens().bos().orElseThrow()
                        : sum.tokens[(chunk + sequence) * sum.chunkSize + i];
                batch.add(token, i, sequence, i >= sum.chunkSize / 2);
            }
        }
    }

    /** Negative log-likelihoods, their squares and their number. */
    private static final class Sum {

        private final int[] tokens;
        private final int chunkSize;
        private final float[] logits;
        private double values;
        private double squares;
        private int count;

        Sum(int[] tokens, int chunkSize, float[] logits) {
            this.tokens = tokens;
            this.chunkSize = chunkSize;
            this.logits = logits;
        }

        void add(Context context, int chunk, int sequence) {
            for (int i = chunkSize / 2; i < chunkSize - 1; i++) {
                context.outputs().copyLogits(sequence * chunkSize + i, logits);
                double value = -new LogSoftmax(logits).of(tokens[chunk * chunkSize + i + 1]);
                values += value;
                squares += value * value;
                count++;
            }
        }

        Perplexity result() {
            double mean = values / count;
            double perplexity = Math.exp(mean);
            double error = count < 2 ? 0 : Math.sqrt(Math.max(0, squares / count - mean * mean) / (count - 1));
            return new Perplexity(perplexity, error * perplexity, count);
        }
    }
}
