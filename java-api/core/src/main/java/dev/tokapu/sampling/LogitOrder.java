package dev.tokapu.sampling;

import java.util.Arrays;

/**
 * Sorts by falling logit, equal ones in the order they had. A radix sort in buffers of its own: the JDK's sort allocates.
 *
 * <p>Thread safety: confined.
 */
final class LogitOrder {

    private static final int BITS = 11;
    private static final int BUCKETS = 1 << BITS;

    private long[] entries = new long[0];
    private long[] spare = new long[0];
    private final int[] ends = new int[BUCKETS];

    LogitOrder() {}

    /**
     * Sorts.
     *
     * @param logits no NaN
     * @param n how many of them
     * @return as int casts, the indexes in the new order; valid until the next call
     */
    long[] of(float[] logits, int n) {
        if (entries.length < n) {
            entries = new long[n];
            spare = new long[n];
        }
        for (int i = 0; i < n; i++) {
            entries[i] = (long) falling(logits[i]) << Integer.SIZE | i;
        }
        for (int shift = Integer.SIZE; shift < Long.SIZE; shift += BITS) {
            pass(n, shift);
        }
        return entries;
    }

    /** Sorts by some bits, stably: from the lowest bits to the highest, that sorts by all. */
    private void pass(int n, int shift) {
        Arrays.fill(ends, 0);
        for (int i = 0; i < n; i++) {
            ends[bucket(entries[i], shift)]++;
        }
        for (int i = 1; i < BUCKETS; i++) {
            ends[i] += ends[i - 1];
        }
        for (int i = n - 1; i >= 0; i--) {
            spare[--ends[bucket(entries[i], shift)]] = entries[i];
        }
        long[] sorted = spare;
        spare = entries;
        entries = sorted;
    }

    private static int bucket(long entry, int shift) {
        return (int) (entry >>> shift) & (BUCKETS - 1);
    }

    /** A number that is smaller, as an unsigned one, the larger the logit is. */
    private static int falling(float logit) {
        int bits = Float.floatToRawIntBits(logit == 0 ? 0f : logit);
        return bits < 0 ? bits : ~bits & Integer.MAX_VALUE;
    }
}
