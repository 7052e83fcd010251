package dev.tokapu.engine;

import dev.tokapu.LoraSet;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers for the adapter sets of requests: those with the same number share steps.
 *
 * <p>Thread safety: safe.
 */
final class Adapters {

    private final List<LoraSet> sets = new ArrayList<>(List.of(LoraSet.NONE));

    synchronized int number(LoraSet set) {
        int known = sets.indexOf(set);
        if (known < 0) {
            known = sets.size();
            sets.add(set);
        }
        return known;
    }

    synchronized LoraSet set(int number) {
        return sets.get(number);
    }
}
