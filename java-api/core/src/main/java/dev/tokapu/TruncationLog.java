package dev.tokapu;

import java.util.Arrays;

/**
 * Remembers how far down a sequence was changed since any moment, so that a checkpoint knows whether what it stands on is still
 * there. It keeps as many numbers as there are positions at most.
 *
 * <p>Thread safety: confined.
 */
final class TruncationLog {

    /** Both grow from the first to the last: an older cut that is not deeper than a later one no longer matters. */
    private long[] moments = new long[4];

    private int[] positions = new int[4];
    private int size;
    private long now;

    /** Nothing was cut yet. */
    TruncationLog() {}

    /** {@return the present moment, for {@link #deepestSince}} */
    public long now() {
        return now;
    }

    /**
     * Notes that the sequence changed from a position on, other than by growing.
     *
     * @param position the first position that changed
     */
    public void add(int position) {
        now++;
        while (size > 0 && positions[size - 1] >= position) {
            size--;
        }
        if (size == positions.length) {
            moments = Arrays.copyOf(moments, 2 * size);
            positions = Arrays.copyOf(positions, 2 * size);
        }
        moments[size] = now;
        positions[size++] = position;
    }

    /**
     * The first position that changed since a moment.
     *
     * @param moment what {@link #now} was then
     * @return {@link Integer#MAX_VALUE} when none did
     */
    public int deepestSince(long moment) {
        for (int i = 0; i < size; i++) {
            if (moments[i] > moment) {
                return positions[i];
            }
        }
        return Integer.MAX_VALUE;
    }
}
