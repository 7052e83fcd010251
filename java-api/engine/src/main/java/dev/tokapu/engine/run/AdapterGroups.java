package dev.tokapu.engine.run;

import dev.tokapu.LoraSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Numbers for the adapter sets of requests that have not ended: those with the same number share steps.
 *
 * <p>Thread safety: safe.
 */
public final class AdapterGroups {

    private static final int NONE = 0;

    /** A set and how many requests use it. */
    private static final class Used {

        final int number;
        final LoraSet set;
        int users;

        Used(int number, LoraSet set) {
            this.number = number;
            this.set = set;
        }
    }

    private final Map<LoraSet, Used> bySet = new HashMap<>();
    private final Map<Integer, Used> byNumber = new HashMap<>();
    private int latest;

    /** The number of a set, for one request; it is given back with {@link #release}. */
    public synchronized int number(LoraSet set) {
        if (set.isEmpty()) {
            return NONE;
        }
        Used used = bySet.get(set);
        if (used == null) {
            used = new Used(++latest, set);
            bySet.put(set, used);
            byNumber.put(used.number, used);
        }
        used.users++;
        return used.number;
    }

    /** A request has ended. A set that nobody uses is forgotten, and its number does not come again. */
    public synchronized void release(int number) {
        Used used = byNumber.get(number);
        if (used != null) {
            used.users--;
            if (used.users == 0) {
                bySet.remove(used.set);
                byNumber.remove(number);
            }
        }
    }

    public synchronized LoraSet set(int number) {
        Used used = byNumber.get(number);
        if (used != null) {
            return used.set;
        }
        if (number != NONE) {
            throw new IllegalStateException("no request uses adapter set " + number);
        }
        return LoraSet.NONE;
    }

    /** Sets in use, for tests. */
    public synchronized int size() {
        return bySet.size();
    }
}
