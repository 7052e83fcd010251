package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.MemoryApi;

/** {@link MemoryApi} over the generated downcalls. */
final class FfmMemoryApi implements MemoryApi {

    @Override
    public int clear(long context, int data) {
        return TokapuH.tokapu_memory_clear(context, data);
    }

    @Override
    public int seqRm(long context, int seqId, int p0, int p1) {
        return TokapuH.tokapu_memory_seq_rm(context, seqId, p0, p1);
    }

    @Override
    public int seqCp(long context, int src, int dst, int p0, int p1) {
        return TokapuH.tokapu_memory_seq_cp(context, src, dst, p0, p1);
    }

    @Override
    public int seqKeep(long context, int seqId) {
        return TokapuH.tokapu_memory_seq_keep(context, seqId);
    }

    @Override
    public int seqAdd(long context, int seqId, int p0, int p1, int delta) {
        return TokapuH.tokapu_memory_seq_add(context, seqId, p0, p1, delta);
    }

    @Override
    public int seqDiv(long context, int seqId, int p0, int p1, int divisor) {
        return TokapuH.tokapu_memory_seq_div(context, seqId, p0, p1, divisor);
    }

    @Override
    public int seqRange(long context, int seqId, int[] posMin, int[] posMax) {
        try (Scratch s = Scratch.take()) {
            return s.intsTo(
                    TokapuH.tokapu_memory_seq_range(context, seqId, s.cell(posMin), s.secondCell(posMax)),
                    posMin,
                    posMax);
        }
    }
}
