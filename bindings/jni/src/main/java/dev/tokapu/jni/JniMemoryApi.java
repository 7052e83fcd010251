package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.out;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.MemoryApi;

/** {@link MemoryApi} over the native methods that JavaCPP generates. */
final class JniMemoryApi implements MemoryApi {

    @Override
    public int clear(long context, int data) {
        return TokapuLibrary.tokapu_memory_clear(context, data);
    }

    @Override
    public int seqRm(long context, int seqId, int p0, int p1) {
        return TokapuLibrary.tokapu_memory_seq_rm(context, seqId, p0, p1);
    }

    @Override
    public int seqCp(long context, int src, int dst, int p0, int p1) {
        return TokapuLibrary.tokapu_memory_seq_cp(context, src, dst, p0, p1);
    }

    @Override
    public int seqKeep(long context, int seqId) {
        return TokapuLibrary.tokapu_memory_seq_keep(context, seqId);
    }

    @Override
    public int seqAdd(long context, int seqId, int p0, int p1, int delta) {
        return TokapuLibrary.tokapu_memory_seq_add(context, seqId, p0, p1, delta);
    }

    @Override
    public int seqDiv(long context, int seqId, int p0, int p1, int divisor) {
        return TokapuLibrary.tokapu_memory_seq_div(context, seqId, p0, p1, divisor);
    }

    @Override
    public int seqRange(long context, int seqId, int[] posMin, int[] posMax) {
        return TokapuLibrary.tokapu_memory_seq_range(context, seqId, out(posMin), out(posMax));
    }
}
