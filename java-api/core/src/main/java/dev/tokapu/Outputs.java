package dev.tokapu;

import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.spi.NativeApi;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The outputs of the last batch that a {@link Context} decoded or encoded: logits or embeddings of the tokens for
 * which they were requested.
 *
 * <p>Thread safety: confined to one thread at a time, together with its context.
 *
 * @since 0.1
 */
public final class Outputs {

    private static final int NO_BATCH = -1;

    private final NativeHandle handle;
    private final NativeApi api;
    private final ContextInfo info;
    private final int vocabSize;
    private final int embeddingSize;
    private final int classifierOutputs;

    private final byte[] wanted;
    private int size = NO_BATCH;
    private boolean any;
    private boolean embeddings;
    private final int[] count = new int[1];
    private float @Nullable [] exactLogits;

    Outputs(NativeHandle handle, Model model, ContextInfo info, boolean embeddings) {
        this.handle = handle;
        this.api = handle.api();
        this.info = info;
        this.vocabSize = model.vocab().size();
        this.embeddingSize = model.info().outputEmbeddingSize();
        this.classifierOutputs = model.info().classifierOutputs();
        this.wanted = new byte[info.batchSize()];
        this.embeddings = embeddings;
    }

    /**
     * The logits of a token of the last batch, as a new array.
     *
     * @param index the index of the token in the batch, or -1 for the last one that has an output
     * @return a value for each token of the vocabulary
     * @throws IllegalStateException when there is no last batch
     * @throws IllegalArgumentException when no output was asked for with that token
     */
    public float[] logits(int index) {
        float[] logits = new float[vocabSize];
        copyLogits(index, logits);
        return logits;
    }

    /**
     * Copies the logits of a token of the last batch.
     *
     * @param index the index of the token in the batch, or -1 for the last one that has an output
     * @param dst receives a value for each token of the vocabulary; it may be longer, the rest stays as it is
     * @throws IllegalStateException when there is no last batch
     * @throws IllegalArgumentException when no output was asked for with that token
     */
    public void copyLogits(int index, float[] dst) {
        int needed = vocabSize;
        if (dst.length < needed) {
            throw new IllegalArgumentException(
                    "the array has " + dst.length + " floats; logits have " + needed + ", one for each token");
        }
        long id = handle.acquire();
        try {
            require(index);
            float[] target = dst.length == needed ? dst : exactLogits(needed);
            handle.check(api.contexts().logits(id, index, target), "reading logits");
            if (dst.length > needed) {
                System.arraycopy(target, 0, dst, 0, needed);
            }
        } finally {
            handle.release();
        }
    }

    /** For arrays that are longer: a binding may write all of the array that it gets. */
    private float[] exactLogits(int size) {
        float[] buffer = exactLogits;
        if (buffer == null) {
            buffer = new float[size];
            exactLogits = buffer;
        }
        return buffer;
    }

    /**
     * The embedding of a token of the last batch, without pooling, as a new array.
     *
     * @param index the index of the token in the batch, or -1 for the last one that has an output
     * @return {@link ModelInfo#outputEmbeddingSize()} values
     * @throws IllegalStateException when the context makes no embeddings, pools them, or there is no last batch
     */
    public float[] embeddings(int index) {
        requireEmbeddings();
        if (info.pooling() != Pooling.NONE) {
            throw new IllegalStateException("embeddings are pooled by " + info.pooling()
                    + "; read them with sequenceEmbeddings, or set ContextOptions.pooling to NONE");
        }
        float[] values = new float[embeddingSize];
        long id = handle.acquire();
        try {
            require(index);
            handle.check(api.contexts().embeddings(id, index, values, count), "reading embeddings");
            return count[0] == values.length ? values : Arrays.copyOf(values, count[0]);
        } finally {
            handle.release();
        }
    }

    /**
     * The pooled embedding of a sequence of the last batch, as a new array.
     *
     * @param sequence the sequence
     * @return {@link ModelInfo#outputEmbeddingSize()} values; with {@link Pooling#RANK} {@link
     * ModelInfo#classifierOutputs()} scores
     * @throws IllegalStateException when the context makes no embeddings, does not pool them, or there is no last batch
     */
    public float[] sequenceEmbeddings(int sequence) {
        requireEmbeddings();
        if (info.pooling() == Pooling.NONE) {
            throw new IllegalStateException(
                    "embeddings are not pooled; read them with embeddings(index), or set ContextOptions.pooling");
        }
        if (sequence < 0 || sequence >= info.maxSequences()) {
            throw KvCache.unknownSequence(sequence, info.maxSequences());
        }
        float[] values = new float[Math.max(embeddingSize, classifierOutputs)];
        long id = handle.acquire();
        try {
            requireBatch();
            handle.check(api.contexts().embeddingsSeq(id, sequence, values, count), "reading embeddings");
            return count[0] == values.length ? values : Arrays.copyOf(values, count[0]);
        } finally {
            handle.release();
        }
    }

    private void requireEmbeddings() {
        if (!embeddings) {
            throw new IllegalStateException(
                    handle.name() + " makes no embeddings; set ContextOptions.embeddings or call setEmbeddings(true)");
        }
    }

    /** Whether the following batches make embeddings. */
    void embeddings(boolean value) {
        embeddings = value;
    }

    /** There is no last batch. */
    void forget() {
        size = NO_BATCH;
    }

    /** This was the last batch; encoders and embedding contexts make an output for every token. */
    void remember(Batch batch, boolean encode) {
        boolean all = embeddings || encode;
        size = batch.size();
        any = all;
        byte[] outputs = batch.outputs();
        for (int i = 0; i < size; i++) {
            byte output = all ? 1 : outputs[i];
            wanted[i] = output;
            any |= output != 0;
        }
    }

    private void requireBatch() {
        if (size == NO_BATCH) {
            throw new IllegalStateException(
                    "there are no outputs, because no batch was decoded or the last decode did not"
                            + " succeed; decode a batch first");
        }
    }

    private void require(int index) {
        requireBatch();
        if (index == -1 ? any : index >= 0 && index < size && wanted[index] != 0) {
            return;
        }
        if (index < -1 || index >= size) {
            throw new IllegalArgumentException("the last batch has no token " + index + "; it has the tokens 0 to "
                    + (size - 1) + ", and -1 is the last one with an output");
        }
        throw new IllegalArgumentException("no output was asked for with "
                + (index == -1 ? "any token" : "token " + index)
                + " of the last batch; pass output = true to Batch.add");
    }
}
