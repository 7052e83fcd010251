package dev.tokapu.engine.draft;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Finds in a growing text of tokens where its last n tokens stood before. A further token costs the same however long the text is, and allocates
 * nothing, but for arrays that double when they are full.
 *
 * <p>Thread safety: confined.
 */
final class NGramIndex {

    /** Differs from JVM to JVM, so that no prompt can be made whose n-grams all collide. */
    private static final long MULTIPLIER = new SplittableRandom().nextLong() | 1;

    private static final int SMALLEST_TABLE = 64;

    private final int n;
    private int[] tokens;
    private int size;
    private int[] ends; // where an n-gram ended last, by its hash; 0 for none, as the first one ends at n
    private int grams;
    private int match;

    /** An index of a text, with room for so many tokens at first. */
    NGramIndex(int n, int[] text, int room) {
        this.n = n;
        this.tokens = new int[Math.max(room, text.length)];
        this.ends = new int[tableSize(tokens.length)];
        for (int token : text) {
            add(token);
        }
    }

    /** A power of two, at most half full. */
    private static int tableSize(int capacity) {
        return Math.max(SMALLEST_TABLE, Integer.highestOneBit(Math.max(1, capacity)) * 4);
    }

    /** Appends a token. */
    void add(int token) {
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(SMALLEST_TABLE, 2 * size));
        }
        tokens[size++] = token;
        if (size < n) {
            return;
        }
        if (2 * grams >= ends.length) {
            ends = new int[2 * ends.length];
            grams = 0;
            for (int end = n; end < size; end++) {
                enter(end);
            }
        }
        match = enter(size);
    }

    /** Notes that an n-gram ends here, and returns where the same one ended before, 0 for nowhere. */
    private int enter(int end) {
        int slot = slot(end);
        int before = ends[slot];
        ends[slot] = end;
        if (before == 0) {
            grams++;
        }
        return before;
    }

    private int slot(int end) {
        long hash = 0;
        for (int i = end - n; i < end; i++) {
            hash = (hash + tokens[i]) * MULTIPLIER;
        }
        int mask = ends.length - 1;
        int slot = (int) (hash >>> 32) & mask;
        while (ends[slot] != 0 && !same(ends[slot], end)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean same(int end, int other) {
        return Arrays.equals(tokens, end - n, end, tokens, other - n, other);
    }

    /** The token that followed when the last n tokens were there before; -1 when they were not. */
    int next() {
        return match == 0 ? -1 : tokens[match];
    }

    /**
     * Copies what followed when the last n tokens were there before. Where that is the end of the text it goes on with itself: what repeats with a
     * period is taken to do so for ever.
     *
     * @return how many, 0 when they were not there before
     */
    int continuation(int[] target, int most) {
        if (match == 0) {
            return 0;
        }
        for (int i = 0; i < most; i++) {
            int position = match + i;
            target[i] = position < size ? tokens[position] : target[position - size];
        }
        return most;
    }

    int size() {
        return size;
    }
}
