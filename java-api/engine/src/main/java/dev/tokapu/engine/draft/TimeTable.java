package dev.tokapu.engine.draft;

/**
 * Measured times by size: of steps by their answers or tokens, of drafting by its answers. Each size up to 16 has a place of its own, larger ones
 * share it with those that differ by less than an eighth. A time is believed when it was measured twice, as the first step of a shape may take
 * longer, and for as long as it is not old.
 *
 * <p>Thread safety: confined.
 */
final class TimeTable {

    private static final int EXACT_BITS = 4;
    private static final int PLACES = 144;
    private static final int SETTLED = 2; // measurements
    private static final double NEAR = 1.3; // times the size: what lies between two such sizes is known from them
    private static final double WEIGHT = 0.15; // of a measurement
    private static final double SLOW = 1.3; // times what is known: counts only if the next one is slow, too

    private final double[] sizes = new double[PLACES]; // mean ones
    private final double[] nanos = new double[PLACES];
    private final int[] counts = new int[PLACES];
    private final long[] measuredAt = new long[PLACES];
    private final double[] suspects = new double[PLACES]; // slow ones
    private final int old;
    private long time;

    /** Creates an empty one whose times are old after so many measurements of other sizes. */
    TimeTable(int old) {
        this.old = old;
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
        time++;
        boolean slow = counts[place] > 0 && value > SLOW * nanos[place];
        if (slow && suspects[place] == 0) {
            suspects[place] = value;
            return;
        }
        double counted = suspects[place] > 0 ? Math.min(value, suspects[place]) : value;
        suspects[place] = 0;
        if (counts[place] == 0) {
            sizes[place] = size;
            nanos[place] = counted;
        } else {
            double weight = counts[place] >= SETTLED ? WEIGHT : (counted < nanos[place] ? 1 : 0.5);
            sizes[place] += weight * (size - sizes[place]);
            nanos[place] += weight * (counted - nanos[place]);
        }
        counts[place]++;
        measuredAt[place] = time;
    }

    private boolean isSettled(int place) {
        return counts[place] >= SETTLED && time - measuredAt[place] <= old;
    }

    /** The place of the largest size up to this one that was measured; -1 for none. */
    private int below(int size) {
        int place = place(size);
        if (counts[place] >= SETTLED && sizes[place] > size) {
            place--;
        }
        while (place >= 0 && counts[place] < SETTLED) {
            place--;
        }
        return place;
    }

    /** The place of the smallest size from this one on; -1 for none. */
    private int above(int size) {
        int place = place(size);
        if (counts[place] >= SETTLED && sizes[place] < size) {
            place++;
        }
        while (place < PLACES && counts[place] < SETTLED) {
            place++;
        }
        return place < PLACES ? place : -1;
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

    /** Nanoseconds that a size takes at least, by what was measured of smaller ones. */
    double least(int size) {
        int place = place(size);
        double measured = counts[place] == 0 ? 0 : nanos[place];
        if (isSettled(place)) {
            return measured;
        }
        int below = place - 1;
        while (below >= 0 && counts[below] < SETTLED) {
            below--;
        }
        return Math.max(measured / 2, below < 0 ? 0 : nanos[below]);
    }
}
