package dev.tokapu.engine.schedule;

import java.util.Arrays;

/**
 * A model whose next token is a function of the tokens in a sequence and a seed, and a KV cache that keeps what was decoded into
 * which slot. Wrong positions, lost or foreign cells change the answer or fail at once.
 */
final class SimulatedModel {

    private static final int FIRST_LENGTH = 64;

    private final long[][] prefixes;
    private final int[] lengths;
    private final int slotTokens;

    SimulatedModel(int slots, int slotTokens) {
        this.prefixes = new long[slots][Math.min(FIRST_LENGTH, slotTokens) + 1];
        this.lengths = new int[slots];
        this.slotTokens = slotTokens;
    }

    /** What a sequence is after one more token. */
    static long append(long prefix, int token) {
        long mixed = (prefix ^ token) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 29);
    }

    /** The token that follows a sequence. */
    static int next(long prefix, long seed) {
        return (int) (append(append(prefix, (int) seed), (int) (seed >>> 32)) >>> 40);
    }

    void decode(int slot, int position, int token) {
        Check.that(position == lengths[slot], "position", position, lengths[slot]);
        Check.that(position < slotTokens, "slot overflows", position, slotTokens);
        if (position + 1 >= prefixes[slot].length) {
            prefixes[slot] = Arrays.copyOf(prefixes[slot], Math.min(2 * position + 2, slotTokens) + 1);
        }
        prefixes[slot][position + 1] = append(prefixes[slot][position], token);
        lengths[slot]++;
    }

    /** What the sequence of a slot is, up to its end. */
    long prefix(int slot) {
        return prefixes[slot][lengths[slot]];
    }

    int length(int slot) {
        return lengths[slot];
    }

    void copy(int from, int to) {
        Check.that(lengths[to] == 0, "copy to a slot in use", to, lengths[to]);
        prefixes[to] = prefixes[from].clone();
        lengths[to] = lengths[from];
    }

    void truncate(int slot, int length) {
        Check.that(length <= lengths[slot], "truncate", length, lengths[slot]);
        lengths[slot] = length;
    }

    void clear(int slot) {
        lengths[slot] = 0;
    }
}
