package dev.tokapu.internal.text;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.Vocab;
import dev.tokapu.exception.DecodeException;
import dev.tokapu.internal.util.Checks;

/**
 * A text in chunks of the same size, computed several at a time, each as a sequence of its own, as llama.cpp's tools that measure models do.
 * Each chunk begins with BOS where the model wants one.
 *
 * <p>Thread safety: confined to one thread.
 */
public final class ChunkedText implements AutoCloseable {

    private static final int BATCH_SIZE = 2048;

    /** As many as a context may have. */
    private static final int MAX_SEQUENCES = 256;

    /** The second token of a smaller chunk has none behind it that it could predict. */
    private static final int MIN_CHUNK = 3;

    private final Vocab vocab;
    private final int[] tokens;
    private final int chunkSize;
    private final boolean allOutputs;
    private final int sequences;
    private final Context context;
    private final Batch batch = new Batch(BATCH_SIZE);
    private int first;
    private int together;

    private ChunkedText(Model model, int[] tokens, int chunkSize, ContextOptions options, boolean allOutputs) {
        vocab = model.vocab();
        this.tokens = tokens;
        this.chunkSize = chunkSize;
        this.allOutputs = allOutputs;
        sequences = Math.min(MAX_SEQUENCES, BATCH_SIZE / chunkSize);
        context = model.newContext(options.toBuilder()
                .contextSize(sequences * chunkSize)
                .batchSize(BATCH_SIZE)
                .maxSequences(sequences)
                .build());
        if (!context.kvCache().isPresent()) {
            context.close();
            throw new IllegalArgumentException(
                    model + " is an encoder, which predicts no text; take a model that generates text");
        }
    }

    /** The tokens of a text; an IllegalArgumentException tells when there are too few, or when chunks cannot have this size. */
    public static int[] tokens(Model model, String text, int chunkSize) {
        Checks.between("chunkSize", chunkSize, MIN_CHUNK, BATCH_SIZE);
        int[] tokens = PromptText.tokens(model.vocab(), text, false);
        if (tokens.length / chunkSize < 2) {
            throw new IllegalArgumentException("the text has " + tokens.length + " tokens; at least two chunks of "
                    + chunkSize + " are needed, take a longer text or a smaller chunkSize");
        }
        return tokens;
    }

    /**
     * Begins with a text.
     *
     * @param tokens those of {@link #tokens}
     * @param options for the context; sizes and sequences are set here
     * @param allOutputs whether all tokens get outputs; otherwise those of the second half of each chunk
     */
    public static ChunkedText open(
            Model model, int[] tokens, int chunkSize, ContextOptions options, boolean allOutputs) {
        return new ChunkedText(model, tokens, chunkSize, options, allOutputs);
    }

    /** The context, before the first chunks are computed. */
    public Context context() {
        return context;
    }

    /** The number of chunks; tokens after the last whole one are left out. */
    public int chunks() {
        return tokens.length / chunkSize;
    }

    /** Computes the next chunks; false when there are none. */
    public boolean next() {
        first += together;
        together = Math.min(sequences, chunks() - first);
        if (together == 0) {
            return false;
        }
        batch.clear();
        for (int sequence = 0; sequence < together; sequence++) {
            for (int i = 0; i < chunkSize; i++) {
                boolean bos = i == 0 && vocab.specialTokens().addsBos();
                int token = bos ? vocab.specialTokens().bos().orElseThrow() : token(sequence, i);
                batch.add(token, i, sequence, allOutputs || i >= chunkSize / 2);
            }
        }
        context.kvCache().clear();
        DecodeStatus status = context.decode(batch);
        if (status != DecodeStatus.OK) {
            throw new DecodeException("a chunk of the text could not be computed: decode answered " + status);
        }
        return true;
    }

    /** How many chunks were computed at once. */
    public int together() {
        return together;
    }

    /** How much of the text is computed, 0 to 1. */
    public float progress() {
        return (float) (first + together) / chunks();
    }

    /** A token of one of these chunks. */
    public int token(int sequence, int index) {
        return tokens[(first + sequence) * chunkSize + index];
    }

    /** The logits behind a token of one of these chunks. */
    public void copyLogits(int sequence, int index, float[] logits) {
        context.outputs().copyLogits(sequence * chunkSize + index, logits);
    }

    @Override
    public void close() {
        context.close();
    }
}
