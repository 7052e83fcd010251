package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.out;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.ImatrixApi;

/** {@link ImatrixApi} over the native methods that JavaCPP generates. */
final class JniImatrixApi implements ImatrixApi {

    @Override
    public int start(long context, int output) {
        return TokapuLibrary.tokapu_imatrix_start(context, output);
    }

    @Override
    public int count(long context, int[] n) {
        return TokapuLibrary.tokapu_imatrix_count(context, out(n));
    }

    @Override
    public int name(long context, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_imatrix_name(context, index, buf, buf.length, out(length));
    }

    @Override
    public int sizes(long context, int index, int[] nSums, int[] nCounts) {
        return TokapuLibrary.tokapu_imatrix_sizes(context, index, out(nSums), out(nCounts));
    }

    @Override
    public int entry(long context, int index, float[] sums, long[] counts) {
        return TokapuLibrary.tokapu_imatrix_entry(context, index, sums, sums.length, counts, counts.length);
    }
}
