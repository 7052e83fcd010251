package dev.tokapu.cli.load;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * All values that were measured of one thing.
 *
 * <p>Thread safety: used by one thread at a time.
 */
public final class Samples {

    private long[] values = new long[64];
    private int count;
    private boolean sorted = true;

    /**
     * One more.
     *
     * @param value such as nanoseconds
     */
    public void add(long value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = value;
        sorted = false;
    }

    /** {@return how many there are} */
    public int count() {
        return count;
    }

    /** {@return their mean, or 0 where there are none} */
    public double mean() {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += values[i];
        }
        return count == 0 ? 0 : sum / count;
    }

    /** {@return the largest, or 0 where there are none} */
    public double max() {
        return percentile(100);
    }

    /**
     * The value that so many are not above, between two of them in proportion, as numpy and so vLLM have it.
     *
     * @param percent from 0, the smallest, to 100
     * @return 0 where there are none
     */
    public double percentile(double percent) {
        if (count == 0) {
            return 0;
        }
        sort();
        double place = percent / 100 * (count - 1);
        int below = (int) place;
        int above = Math.min(below + 1, count - 1);
        return values[below] + (place - below) * (values[above] - values[below]);
    }

    /**
     * Hands over all, the smallest first.
     *
     * @param action gets each
     */
    public void forEachSorted(LongConsumer action) {
        sort();
        Arrays.stream(values, 0, count).forEach(action);
    }

    private void sort() {
        if (!sorted) {
            Arrays.sort(values, 0, count);
            sorted = true;
        }
    }
}
