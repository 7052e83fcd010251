package dev.tokapu.spi;

import org.jspecify.annotations.Nullable;

/** The functions of {@code tokapu.h} for contexts: options, decoding, outputs. */
public interface ContextApi {

    int defaults(long[] ints, double[] floats);

    int create(long model, long[] ints, double[] floats, long[] context);

    int newMtp(long model, long[] ints, double[] floats, long[] context);

    int newEagle3(long model, long target, long[] ints, double[] floats, long[] context);

    int free(long context);

    int info(long context, long[] info);

    int memory(long context, byte[] buf, int[] length);

    int setThreads(long context, int nThreads, int nThreadsBatch);

    int setEmbeddings(long context, int embeddings);

    int setCausalAttention(long context, int causal);

    int setHiddenStates(long context, int hiddenStates, long draft);

    int decode(
            long context,
            int nTokens,
            int @Nullable [] tokens,
            float @Nullable [] embeddings,
            int @Nullable [] positions,
            int @Nullable [] nSeqIds,
            int @Nullable [] seqIds,
            byte @Nullable [] outputs);

    int decodeHidden(
            long context,
            int nTokens,
            int[] tokens,
            int @Nullable [] positions,
            int @Nullable [] nSeqIds,
            int @Nullable [] seqIds,
            byte @Nullable [] outputs,
            long source,
            int[] rows);

    int encode(
            long context,
            int nTokens,
            int @Nullable [] tokens,
            float @Nullable [] embeddings,
            int @Nullable [] positions,
            int @Nullable [] nSeqIds,
            int @Nullable [] seqIds,
            byte @Nullable [] outputs);

    int synchronize(long context);

    int abort(long context, int active);

    int logits(long context, int index, float[] logits);

    int embeddings(long context, int index, float[] embeddings, int[] n);

    int embeddingsSeq(long context, int seqId, float[] embeddings, int[] n);
}
