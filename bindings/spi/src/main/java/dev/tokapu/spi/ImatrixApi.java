package dev.tokapu.spi;

/** The functions of {@code tokapu.h} for importance matrices. */
public interface ImatrixApi {

    int start(long context, int output);

    int count(long context, int[] n);

    int name(long context, int index, byte[] buf, int[] length);

    int sizes(long context, int index, int[] nSums, int[] nCounts);

    int entry(long context, int index, float[] sums, long[] counts);
}
