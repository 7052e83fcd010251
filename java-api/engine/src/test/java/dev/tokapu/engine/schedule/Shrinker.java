package dev.tokapu.engine.schedule;

import java.util.BitSet;
import java.util.function.Predicate;

/** Finds few of many things with which something still fails, by leaving out ever smaller parts of them (delta debugging). */
final class Shrinker {

    private Shrinker() {}

    /**
     * Shrinks.
     *
     * @param count things there are, with all of which it fails
     * @param most times that it is tried
     * @param fails whether it fails with some of them, numbered from 0
     * @return those of the last failure
     */
    static BitSet shrink(int count, int most, Predicate<BitSet> fails) {
        BitSet left = new BitSet();
        left.set(0, count);
        int tries = 0;
        for (int part = Math.max(1, count / 2); tries < most; part = Math.max(1, part / 2)) {
            int before = left.cardinality();
            for (int from = left.nextSetBit(0); from >= 0 && tries < most; ) {
                BitSet without = (BitSet) left.clone();
                int next = from;
                for (int i = 0; i < part && next >= 0; i++) {
                    without.clear(next);
                    next = left.nextSetBit(next + 1);
                }
                tries++;
                left = fails.test(without) ? without : left;
                from = next;
            }
            if (part == 1 && left.cardinality() == before) {
                break; // each one of them is needed
            }
        }
        return left;
    }
}
