package dev.tokapu.internal.util;

import java.util.Arrays;
import java.util.Objects;

/**
 * A growing list of ints without boxes.
 *
 * <p>Thread safety: confined.
 */
public final class IntList {

    private int[] values = new int[64];
    private int size;

    /** Creates an empty list. */
    public IntList() {}

    /** Appends a value. */
    public void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    /**
     * One value.
     *
     * @param index 0 to {@link #size()} - 1
     */
    public int get(int index) {
        return values[Objects.checkIndex(index, size)];
    }

    /**
     * Shortens the list.
     *
     * @param length how many values stay
     */
    public void truncate(int length) {
        size = Math.min(size, length);
    }

    /**
     * Removes values; those behind them move up.
     *
     * @param to the first that stays
     */
    public void remove(int from, int to) {
        Objects.checkFromToIndex(from, to, size);
        System.arraycopy(values, to, values, from, size - to);
        size -= to - from;
    }

    /** {@return the number of values} */
    public int size() {
        return size;
    }

    /**
     * How many values at the beginning are the same in both.
     *
     * @param other what to compare with
     * @return the length of the common prefix
     */
    public int commonPrefix(int[] other) {
        return commonPrefix(0, size, other);
    }

    /**
     * How many values from an index on are the same at the same places of another list.
     *
     * @param from the first index
     * @param to the index behind the last
     * @param other what to compare with
     * @return how many follow one another
     */
    public int commonPrefix(int from, int to, int[] other) {
        Objects.checkFromToIndex(from, to, size);
        int end = Math.max(from, Math.min(to, other.length));
        int mismatch = Arrays.mismatch(values, from, end, other, from, end);
        return mismatch < 0 ? end - from : mismatch;
    }

    /**
     * Whether another list has the same first values.
     *
     * @param length how many; no more than either list has
     */
    public boolean startsLike(IntList other, int length) {
        Objects.checkFromToIndex(0, length, Math.min(size, other.size));
        return Arrays.equals(values, 0, length, other.values, 0, length);
    }

    /** Appends values. */
    public void addAll(int[] more) {
        addAll(more, 0, more.length);
    }

    /**
     * Appends a part of an array.
     *
     * @param from the first index
     * @param to the index behind the last
     */
    public void addAll(int[] more, int from, int to) {
        Objects.checkFromToIndex(from, to, more.length);
        int needed = size + to - from;
        if (needed > values.length) {
            values = Arrays.copyOf(values, Math.max(needed, 2 * size));
        }
        System.arraycopy(more, from, values, size, to - from);
        size = needed;
    }

    /** {@return a copy of the values} */
    public int[] toArray() {
        return toArray(size);
    }

    /**
     * Copies the first values.
     *
     * @param length how many; no more than there are
     */
    public int[] toArray(int length) {
        return toArray(0, length);
    }

    /**
     * Copies values.
     *
     * @param from the first index
     * @param to the index behind the last
     */
    public int[] toArray(int from, int to) {
        Objects.checkFromToIndex(from, to, size);
        return Arrays.copyOfRange(values, from, to);
    }

    /**
     * A list of the first values, independent of this one.
     *
     * @param length how many; no more than there are
     */
    public IntList first(int length) {
        IntList first = new IntList();
        first.addAll(toArray(length));
        return first;
    }
}
