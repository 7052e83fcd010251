package dev.tokapu.internal.util;

/** The largest of many values. */
public final class Largest {

    private Largest() {}

    /**
     * Indexes of the largest values, the largest first and equal ones in their order. They are to be few: each is put into its place among those so far.
     *
     * @param values the values
     * @param size how many of them there are
     * @param n how many are wanted; all where there are fewer
     */
    public static int[] indexes(float[] values, int size, int n) {
        int[] best = new int[Math.min(n, size)];
        int found = 0;
        for (int i = 0; i < size; i++) {
            if (found == best.length && (found == 0 || values[i] <= values[best[found - 1]])) {
                continue;
            }
            int at = found < best.length ? found++ : found - 1;
            while (at > 0 && values[i] > values[best[at - 1]]) {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = i;
        }
        return best;
    }
}
