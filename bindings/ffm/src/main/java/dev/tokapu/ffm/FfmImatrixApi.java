package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.ImatrixApi;
import dev.tokapu.spi.Status;

/** {@link ImatrixApi} over the generated downcalls. */
final class FfmImatrixApi implements ImatrixApi {

    @Override
    public int start(long context, int output) {
        return TokapuH.tokapu_imatrix_start(context, output);
    }

    @Override
    public int count(long context, int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(TokapuH.tokapu_imatrix_count(context, s.cell(n)), n);
        }
    }

    @Override
    public int name(long context, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_imatrix_name(context, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int sizes(long context, int index, int[] nSums, int[] nCounts) {
        try (Scratch s = Scratch.take()) {
            return s.intsTo(
                    TokapuH.tokapu_imatrix_sizes(context, index, s.cell(nSums), s.secondCell(nCounts)), nSums, nCounts);
        }
    }

    @Override
    public int entry(long context, int index, float[] sums, long[] counts) {
        try (Scratch s = Scratch.take()) {
            int status = TokapuH.tokapu_imatrix_entry(
                    context,
                    index,
                    s.a.reserve(4L * sums.length),
                    sums.length,
                    s.b.reserve(8L * counts.length),
                    counts.length);
            if (status == Status.OK) {
                s.a.out(sums, sums.length);
                s.b.out(counts);
            }
            return status;
        }
    }
}
