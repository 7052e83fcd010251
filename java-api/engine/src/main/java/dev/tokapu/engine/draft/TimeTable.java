package dev.tokapu.engine.draft;

import java.util.Arrays;

/**
 * Measured times by size: of steps by their answers or tokens, of drafting by its answers. Each size up to 16 has a place of its own, larger ones
 * share it with sizes that differ by less than an eighth. A time is believed when it was measured twice, as the first step of a shape may take
 * longer, and for as long as it is not old.
 *
 * <p>Thread safety: confined.
 */
final class TimeTable {

    private static final int EXACT_BITS = 4;
    private static final int PLACES = 144;
    private static final int SETTLED = 2; // measurements
    private static final double NEAR = 1.3; // times the size: what lies between two such sizes is known from them
    private static final int OLDEST = 20; // times old
    private static final double WEIGHT = 0.15; // of a measurement
    private static final double SLOW = 1.3; // times what is known: counts only if those after it are slow, too
    private static final int SLOW_ONES = 3; // in a row, that count

    private final double[] sizes = new double[PLACES]; // mean ones
    private final double[] nanos = new double[PLACES];
    private final int[] counts = new int[PLACES];
    private final long[] measuredAt = new long[PLACES];
    private final double[] suspects = new double[PLACES]; // the least of slow ones in a row
    private final int[] slowOnes = new int[PLACES]; // how many these are
    private final int[] settledBelow = new int[PLACES + 1]; // the last settled place before each; -1 for none
    private final int[] settledFrom = new int[PLACES + 1]; // the first settled place from each on; -1 for none
    private final int old;
    private long time;

    /** Creates an empty one whose times are old after so many steps. */
    TimeTable(int old) {
        this.old = old;
        Arrays.fill(settledBelow, -1);
        Arrays.fill(settledFrom, -1);
    }

    /** A step was computed, whether something was measured for it or not. */
    void stepComputed() {
        time++;
    }

    private static int place(int size) {
        int octave = 31 - Integer.numberOfLeadingZeros(size);
        if (octave < EXACT_BITS) {
            return size;
        }
        int eighth = (size >> (octave - 3)) & 7;
        return Math.min(PLACES - 1, (1 << EXACT_BITS) + 8 * (octave - EXACT_BITS) + eighth);
    }

    void measured(int size, double value) {
        int place = place(size);
        if (counts[place] > 0 && value > SLOW * nanos[place]) {
            suspects[place] = slowOnes[place] == 0 ? value : Math.min(value, suspects[place]);
            if (++slowOnes[place] < SLOW_ONES) {
                return;
            }
            count(place, size, suspects[place]);
        } else {
            count(place, size, value);
        }
        slowOnes[place] = 0;
        measuredAt[place] = time;
    }

    private void count(int place, int size, double value) {
        if (counts[place] == 0) {
            sizes[place] = size;
            nanos[place] = value;
        } else {
            double weight = weight(place, value);
            sizes[place] += weight * (size - sizes[place]);
            nanos[place] += weight * (value - nanos[place]);
        }
        if (++counts[place] == SETTLED) {
            settle(place);
        }
    }

    private void settle(int place) {
        for (int later = place + 1; later <= PLACES; later++) {
            settledBelow[later] = Math.max(settledBelow[later], place);
        }
        for (int before = place; before >= 0 && (settledFrom[before] < 0 || settledFrom[before] > place); before--) {
            settledFrom[before] = place;
        }
    }

    /** A step may take longer for many reasons; one that takes much less than the others says that these were such. */
    private double weight(int place, double value) {
        if (SLOW * value < nanos[place]) {
            return 1;
        }
        if (counts[place] >= SETTLED) {
            return WEIGHT;
        }
        return value < nanos[place] ? 1 : 0.5;
    }

    private boolean isSettled(int place) {
        return counts[place] >= SETTLED && time - measuredAt[place] <= old;
    }

    /** The place of the largest size up to this one that was measured; -1 for none. */
    private int below(int size) {
        int place = place(size);
        return counts[place] >= SETTLED && sizes[place] <= size ? place : settledBelow[place];
    }

    /** The place of the smallest size from this one on; -1 for none. */
    private int above(int size) {
        int place = place(size);
        return counts[place] >= SETTLED && sizes[place] < size ? settledFrom[place + 1] : settledFrom[place];
    }

    /** Whether no larger size shares the place of this one. */
    static boolean isLastOfPlace(int size) {
        return place(size) != place(size + 1);
    }

    /** Whether the time of a size was measured, or those of sizes just below and above. */
    boolean isKnown(int size) {
        if (isSettled(place(size))) {
            return true;
        }
        int below = below(size);
        int above = above(size);
        return below >= 0 && above >= 0 && isSettled(below) && isSettled(above) && sizes[above] <= NEAR * sizes[below];
    }

    /** Whether something was measured that is not much smaller or larger. */
    boolean isNear(int size, double factor) {
        int below = below(size);
        int above = above(size);
        return (below >= 0 && factor * sizes[below] >= size) || (above >= 0 && sizes[above] <= factor * size);
    }

    /** Nanoseconds of a size, as far as can be told from others; 0 when nothing was measured. */
    double nanos(int size) {
        int below = below(size);
        int above = above(size);
        if (below < 0 || above < 0) {
            int only = Math.max(below, above);
            return only < 0 ? 0 : nanos[only] * Math.sqrt(size / sizes[only]);
        }
        double distance = sizes[above] - sizes[below];
        double part = distance <= 0 ? 0 : (size - sizes[below]) / distance;
        return nanos[below] + part * (nanos[above] - nanos[below]);
    }

    /** Nanoseconds that a size takes at least, by what was measured of smaller ones, and by half of what is old, a quarter of what is twice as old, and so on. */
    double least(int size) {
        int place = place(size);
        double measured = counts[place] < SETTLED ? 0 : nanos[place];
        if (isSettled(place)) {
            return measured;
        }
        int below = settledBelow[place];
        long age = Math.min(OLDEST, (time - measuredAt[place]) / old);
        return Math.max(measured / (1L << age), below < 0 ? 0 : nanos[below]);
    }

    /** Nanoseconds of a size on the line from what a smaller one takes to the next larger one that was measured; 0 when none was. */
    double onLine(int from, double fromNanos, int size) {
        int above = above(size);
        if (above < 0 || sizes[above] <= from) {
            return 0;
        }
        return fromNanos + (size - from) / (sizes[above] - from) * (nanos[above] - fromNanos);
    }
}
