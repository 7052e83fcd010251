package dev.tokapu;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The input of one decode: up to {@link #capacity()} tokens, or input embeddings, each with its position, its
 * sequences and
 * whether an output is wanted for it.
 *
 * <p>It holds plain Java arrays, no native memory, and need not be closed. Nothing is allocated while it is filled,
 * but for
 * tokens that belong to several sequences. Fill it, decode it, {@link #clear()} it and fill it again.
 *
 * <p>Thread safety: confined; use it in one thread at a time.
 *
 * @since 0.1
 */
public final class Batch {

    private static final int MAX_FLOATS = Integer.MAX_VALUE - 8;

    private final int @Nullable [] tokens;
    private final float @Nullable [] embeddings;
    private final int embeddingWidth;
    private final int[] positions;
    private final int[] sequenceCounts;
    private final byte[] outputs;
    private int[] sequences;
    private int sequencesUsed;
    private int size;

    /**
     * Creates a batch for tokens.
     *
     * @param capacity the most tokens that fit; one decode takes at most {@link ContextInfo#batchSize()}
     */
    public Batch(int capacity) {
        this(capacity, 0);
    }

    private Batch(int capacity, int embeddingWidth) {
        if (capacity < 1) {
            throw new IllegalArgumentException("the capacity of a batch is " + capacity + "; it must be 1 or more");
        }
        this.embeddingWidth = embeddingWidth;
        tokens = embeddingWidth == 0 ? new int[capacity] : null;
        embeddings = embeddingWidth == 0 ? null : new float[capacity * embeddingWidth];
        positions = new int[capacity];
        sequenceCounts = new int[capacity];
        sequences = new int[capacity];
        outputs = new byte[capacity];
    }

    /**
     * Creates a batch for input embeddings in place of tokens.
     *
     * @param capacity the most embeddings that fit
     * @param width floats of each, {@link ModelInfo#inputEmbeddingSize()}
     * @throws IllegalArgumentException when a number is less than 1, or {@code capacity * width} more than an array holds
     */
    public static Batch ofEmbeddings(int capacity, int width) {
        if (width < 1) {
            throw new IllegalArgumentException("the width of an embedding is " + width + "; it must be 1 or more");
        }
        if (capacity > MAX_FLOATS / width) {
            throw new IllegalArgumentException(capacity + " embeddings of " + width
                    + " floats are more than an array holds; the capacity can be at most " + MAX_FLOATS / width);
        }
        return new Batch(capacity, width);
    }

    /**
     * Adds a token of one sequence.
     *
     * @param token its id
     * @param position its position in the sequence, from 0
     * @param sequence the id of the sequence, from 0
     * @param output whether logits (or an embedding) are wanted for it
     * @throws IllegalStateException when the batch is full
     */
    public Batch add(int token, int position, int sequence, boolean output) {
        int[] target = requireTokens();
        int index = place(position, output);
        target[index] = token;
        addSequence(index, sequence);
        return this;
    }

    /**
     * Adds a token that several sequences share.
     *
     * @param token its id
     * @param position its position in each of them, from 0
     * @param output whether logits (or an embedding) are wanted for it
     * @param sequences the ids of the sequences, one or more
     * @throws IllegalStateException when the batch is full
     */
    public Batch add(int token, int position, boolean output, int... sequences) {
        int[] target = requireTokens();
        if (sequences.length == 0) {
            throw new IllegalArgumentException("token " + token + " belongs to no sequence; name one or more");
        }
        int index = place(position, output);
        target[index] = token;
        for (int sequence : sequences) {
            addSequence(index, sequence);
        }
        return this;
    }

    /**
     * Adds an input embedding of one sequence.
     *
     * @param embedding its floats, {@link ModelInfo#inputEmbeddingSize()} of them; they are copied
     * @param position its position in the sequence, from 0
     * @param sequence the id of the sequence, from 0
     * @param output whether logits (or an embedding) are wanted for it
     * @throws IllegalStateException when the batch is full or made for tokens
     */
    public Batch addEmbedding(float[] embedding, int position, int sequence, boolean output) {
        float[] target = embeddings;
        if (target == null) {
            throw new IllegalStateException("this batch is for tokens; create one with Batch.ofEmbeddings");
        }
        if (embedding.length != embeddingWidth) {
            throw new IllegalArgumentException("the embedding has " + embedding.length + " floats, this batch takes "
                    + embeddingWidth + " for each");
        }
        int index = place(position, output);
        System.arraycopy(embedding, 0, target, index * embeddingWidth, embeddingWidth);
        addSequence(index, sequence);
        return this;
    }

    /**
     * Adds the tokens of a prompt, with an output wanted for the last.
     *
     * @param tokens their ids
     * @param firstPosition the position of the first, from 0
     * @param sequence the id of the sequence, from 0
     * @throws IllegalStateException when they do not fit; none is added then
     */
    public Batch addAll(int[] tokens, int firstPosition, int sequence) {
        if (tokens.length > capacity() - size) {
            throw new IllegalStateException("the batch has room for " + (capacity() - size) + " more tokens of "
                    + capacity() + ", not for " + tokens.length + "; create a larger one or split the tokens");
        }
        for (int i = 0; i < tokens.length; i++) {
            add(tokens[i], firstPosition + i, sequence, i == tokens.length - 1);
        }
        return this;
    }

    /** Empties the batch. */
    public Batch clear() {
        size = 0;
        sequencesUsed = 0;
        return this;
    }

    /** {@return the number of tokens or embeddings in it, 0 to {@link #capacity()}} */
    public int size() {
        return size;
    }

    /** {@return the most tokens or embeddings that fit, 1 or more} */
    public int capacity() {
        return positions.length;
    }

    private int[] requireTokens() {
        int[] target = tokens;
        if (target == null) {
            throw new IllegalStateException("this batch is for embeddings; create one with new Batch(capacity)");
        }
        return target;
    }

    private int place(int position, boolean output) {
        if (size == positions.length) {
            throw new IllegalStateException("the batch is full with " + size
                    + " tokens; decode and clear it, or create one with a larger capacity");
        }
        if (position < 0) {
            throw new IllegalArgumentException("position is " + position + "; it must be 0 or more");
        }
        positions[size] = position;
        outputs[size] = (byte) (output ? 1 : 0);
        sequenceCounts[size] = 0;
        return size++;
    }

    private void addSequence(int index, int sequence) {
        if (sequencesUsed == sequences.length) {
            sequences = Arrays.copyOf(sequences, 2 * sequences.length);
        }
        sequences[sequencesUsed++] = sequence;
        sequenceCounts[index]++;
    }

    int @Nullable [] tokens() {
        return tokens;
    }

    float @Nullable [] embeddings() {
        return embeddings;
    }

    int embeddingWidth() {
        return embeddingWidth;
    }

    int[] positions() {
        return positions;
    }

    int[] sequenceCounts() {
        return sequenceCounts;
    }

    int[] sequences() {
        return sequences;
    }

    int sequencesUsed() {
        return sequencesUsed;
    }

    byte[] outputs() {
        return outputs;
    }

    /** How many outputs are wanted. */
    int outputCount() {
        int count = 0;
        for (int i = 0; i < size; i++) {
            count += outputs[i];
        }
        return count;
    }

    /** How many tokens come before the tokens of the batch in their sequences, all together. */
    long context() {
        long sum = 0;
        for (int i = 0; i < size; i++) {
            sum += positions[i];
        }
        return sum;
    }
}
