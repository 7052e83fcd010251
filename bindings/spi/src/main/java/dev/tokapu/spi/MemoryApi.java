package dev.tokapu.spi;

/** The functions of {@code tokapu.h} for a context's memory: KV cache and recurrent state, sequence by sequence. */
public interface MemoryApi {

    int clear(long context, int data);

    int seqRm(long context, int seqId, int p0, int p1);

    int seqCp(long context, int src, int dst, int p0, int p1);

    int seqKeep(long context, int seqId);

    int seqAdd(long context, int seqId, int p0, int p1, int delta);

    int seqDiv(long context, int seqId, int p0, int p1, int divisor);

    int seqRange(long context, int seqId, int[] posMin, int[] posMax);
}
