package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixTree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sequences that are kept after their requests have ended, by slot, and which of them goes first.
 *
 * <p>Greedy dual: what a sequence is worth are its uses and what it costs to compute again, for each of its tokens or as a whole, which grows with the position;
 * the worth of what was evicted last is added to what comes after it, so that everything ages.
 */
final class RetiredSequences {

    private final @Nullable CachedSequence[] bySlot;
    private final boolean shared;
    private final PrefixWorth worth;
    private int size;
    private int pinned;
    private double age;

    /** {@code shared}: cells are what is scarce; else it is slots. */
    RetiredSequences(int slots, boolean shared, PrefixWorth worth) {
        this.shared = shared;
        this.worth = worth;
        this.bySlot = new @Nullable CachedSequence[slots];
    }

    @Nullable
    CachedSequence get(int slot) {
        return bySlot[slot];
    }

    /** Whether one of the same scope begins with all tokens of a sequence, or has the same. */
    boolean covers(CachedSequence sequence) {
        int length = sequence.length();
        for (CachedSequence other : bySlot) {
            if (other != null
                    && other.length() >= length
                    && other.scope().equals(sequence.scope())
                    && other.tokens().startsLike(sequence.tokens(), length)) {
                return true;
            }
        }
        return false;
    }

    /** The one with a number; null when it is gone. */
    @Nullable
    CachedSequence find(long serial) {
        for (CachedSequence sequence : bySlot) {
            if (sequence != null && sequence.serial() == serial) {
                return sequence;
            }
        }
        return null;
    }

    int size() {
        return size;
    }

    int slots() {
        return bySlot.length;
    }

    int evictable() {
        return size - pinned;
    }

    void add(CachedSequence sequence) {
        sequence.retire();
        value(sequence);
        bySlot[sequence.id()] = sequence;
        size++;
        pinned += sequence.isPinned() ? 1 : 0;
    }

    void remove(CachedSequence sequence) {
        bySlot[sequence.id()] = null;
        size--;
        pinned -= sequence.isPinned() ? 1 : 0;
    }

    /** Its first tokens were used, and it is worth more. */
    void used(CachedSequence sequence, int tokens) {
        sequence.used(1, (double) tokens / sequence.length());
        value(sequence);
    }

    void pin(CachedSequence sequence, boolean value) {
        if (sequence.isPinned() != value) {
            sequence.pin(value);
            pinned += !sequence.isRetired() ? 0 : value ? 1 : -1;
        }
    }

    private void value(CachedSequence sequence) {
        double token = worth.ofToken(sequence);
        sequence.value(age + (shared ? token : sequence.length() * token));
    }

    /** The least valuable one that may be evicted, but for one that is kept. */
    @Nullable
    CachedSequence least(@Nullable CachedSequence kept) {
        return leastOf(sequence -> sequence != kept);
    }

    /** The least valuable one of some that may be evicted. */
    @Nullable
    CachedSequence leastOf(Predicate<CachedSequence> some) {
        CachedSequence least = null;
        for (CachedSequence sequence : bySlot) {
            if (sequence != null && sequence.isEvictable() && isLess(sequence, least) && some.test(sequence)) {
                least = sequence;
            }
        }
        return least;
    }

    /** How many are evicted before one. */
    int before(CachedSequence one) {
        int count = 0;
        for (CachedSequence sequence : bySlot) {
            count += isBefore(sequence, one) ? 1 : 0;
        }
        return count;
    }

    /** How many cells those leave that are evicted before one. */
    long tailsBefore(CachedSequence one) {
        long cells = 0;
        for (CachedSequence sequence : bySlot) {
            cells += sequence != null && isBefore(sequence, one) ? PrefixTree.ownTail(sequence) : 0;
        }
        return cells;
    }

    private static boolean isBefore(@Nullable CachedSequence sequence, CachedSequence other) {
        return sequence != null && sequence.isEvictable() && isLess(sequence, other);
    }

    /** All evictable sequences except one that is kept, the least valuable one first. */
    List<CachedSequence> leastFirst(@Nullable CachedSequence kept) {
        List<CachedSequence> evictable = new ArrayList<>();
        for (CachedSequence sequence : bySlot) {
            if (sequence != null && sequence.isEvictable() && sequence != kept) {
                evictable.add(sequence);
            }
        }
        evictable.sort(Comparator.comparingDouble(CachedSequence::value));
        return evictable;
    }

    /** The most valuable one that is not saved as a whole, and has so many tokens; null without. */
    @Nullable
    CachedSequence mostUnsaved(int tokens) {
        CachedSequence most = null;
        for (CachedSequence sequence : bySlot) {
            boolean unsaved =
                    sequence != null && sequence.length() >= tokens && sequence.savedLength() < sequence.length();
            if (unsaved && (most == null || isLess(most, sequence))) {
                most = sequence;
            }
        }
        return most;
    }

    /** The least valuable one, pinned or not, near the slots of live sequences; but for one that is kept. */
    @Nullable
    CachedSequence leastNear(SlotTable slots, @Nullable CachedSequence kept) {
        CachedSequence least = null;
        for (int slot = 0; slot < bySlot.length && slots.isNear(slot); slot++) {
            CachedSequence sequence = bySlot[slot];
            if (sequence != null && sequence != kept && isLess(sequence, least)) {
                least = sequence;
            }
        }
        return least;
    }

    /** Its tokens are copied to another slot. */
    void move(CachedSequence sequence, int slot) {
        bySlot[sequence.id()] = null;
        bySlot[slot] = sequence;
        sequence.move(slot);
    }

    private static boolean isLess(CachedSequence sequence, @Nullable CachedSequence least) {
        return least == null || sequence.value() < least.value();
    }

    /** Something was evicted that was worth so much. */
    void evicted(CachedSequence sequence) {
        age = Math.max(age, sequence.value());
    }

    /** The least valuable one that is pinned; null without. */
    @Nullable
    CachedSequence leastPinned() {
        CachedSequence least = null;
        for (CachedSequence sequence : bySlot) {
            if (sequence != null && sequence.isPinned() && isLess(sequence, least)) {
                least = sequence;
            }
        }
        return least;
    }
}
