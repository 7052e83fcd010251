package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixTree;
import java.util.ArrayList;
import java.util.List;

/** Takes out of the KV cache what was kept of ended requests. */
final class Evictions {

    private static final double FOUND_WEIGHT = 1.0 / 32; // of a new request
    private static final double KEPT = 4; // all that fits is kept where a quarter of the prompts is found
    private static final double LEAST_KEPT = 1.0 / 8; // of that
    private static final double LEAST_FOUND =
            1.0 / 64; // of the prompts; below it steps are not to suffer from what is kept
    private static final double SAMPLE =
            1.0 / 16; // of what live sequences hold, so that a change of the load is noticed

    private final SchedulerConfig config;
    private final PrefixTree tree;
    private final RetiredSequences retired;
    private final PrefixCacheCounts counts;
    private final HostSaves saves;
    private final List<CachedSequence> forgotten = new ArrayList<>();
    private boolean unfinished;
    private long answers;
    private double foundPart = 1;
    private double moves;

    Evictions(
            SchedulerConfig config,
            PrefixTree tree,
            RetiredSequences retired,
            PrefixCacheCounts counts,
            HostSaves saves) {
        this.config = config;
        this.tree = tree;
        this.retired = retired;
        this.counts = counts;
        this.saves = saves;
    }

    /** So much of a prompt was found, and is in its sequence. */
    void found(ScheduledRequest<?> request, ScheduledSequence<?> sequence, int length) {
        counts.hits += length > 0 ? 1 : 0;
        counts.found += length;
        foundPart += FOUND_WEIGHT * ((double) length / request.prefillTokens() - foundPart);
        request.prefilled = length;
        request.found = length;
        request.cached = request.begins == 0 ? length : request.cached;
        sequence.length = length;
    }

    /** So much was found in host memory. */
    void restored(int tokens) {
        counts.restored += tokens;
    }

    /** Evicts a sequence that is kept, to host memory if there is some and it pays. */
    void evict(CachedSequence sequence, Plan<?> plan) {
        saves.save(sequence, plan);
        drop(sequence, plan);
    }

    private void drop(CachedSequence sequence, Plan<?> plan) {
        long before = tree.cells();
        retired.evicted(sequence);
        remove(sequence, plan);
        counts.evicted += before - tree.cells();
    }

    /** Takes a sequence that is kept out of the KV cache. */
    void remove(CachedSequence sequence, Plan<?> plan) {
        retired.remove(sequence);
        tree.remove(sequence);
        plan.clear(sequence.id());
    }

    /**
     * Evicts what is more than pays: with one buffer each step looks at what is kept, too, so that little is kept where prompts have little in
     * common, and hardly anything where they have nothing.
     */
    void bound(Plan<?> plan) {
        unfinished = false;
        answers = saves.answers();
        if (config.caches() && config.shared()) {
            long firm = tree.firmCells();
            boolean pays = foundPart >= LEAST_FOUND || firm == 0;
            shrink(firm + (long) (pays ? keptPart() * config.kvTokens() : SAMPLE * firm), true, plan);
        }
    }

    /** Whether {@link #bound} can go on: what it waited for is saved. */
    boolean canBound() {
        return unfinished && answers != saves.answers();
    }

    /** How much of what could be kept pays: all where much of prompts is found, else little. */
    private double keptPart() {
        return Math.min(1, Math.max(LEAST_KEPT, KEPT * foundPart));
    }

    /** Whether the next sequence that is in the way is worth a copy to another slot; asked any number of times. */
    boolean wouldMove() {
        return moves + keptPart() >= 1;
    }

    /** Whether the next sequence that is in the way is worth a copy to another slot. */
    boolean movesNext() {
        boolean moved = wouldMove();
        moves += keptPart();
        moves -= moved ? 1 : 0;
        return moved;
    }

    /** Evicts until all sequences together have no more cells than so many. */
    void shrink(long most, Plan<?> plan) {
        shrink(most, false, plan);
    }

    /** {@code beside}: waits until what is evicted has been saved beside the steps. */
    private void shrink(long most, boolean beside, Plan<?> plan) {
        while (tree.cells() > most) {
            CachedSequence least = retired.least(null);
            if (least == null) {
                return; // what is reserved is more than what is needed
            }
            if (beside && !saves.isSaved(least, plan)) {
                unfinished = true;
                return;
            }
            long excess = tree.cells() - most;
            int tail = PrefixTree.ownTail(least);
            int length = config.trims() && excess < tail ? least.length() - (int) excess : least.length() - tail;
            if (tail == 0 || !config.trims() || length < SequenceCache.WORTH_KEEPING) {
                evict(least, plan);
            } else {
                saves.save(least, plan);
                counts.evicted += least.length() - length;
                retired.evicted(least);
                tree.resize(least, length);
                plan.trim(least.id(), length);
            }
        }
    }

    /** Evicts a sequence that is kept, pinned or not, with a plan to come; false when that is on its way. */
    boolean forget(CachedSequence sequence) {
        if (forgotten.contains(sequence)) {
            return false;
        }
        retired.pin(sequence, false);
        return forgotten.add(sequence);
    }

    /** Evicts what was to be forgotten, and has not been taken over since. */
    void clear(Plan<?> plan) {
        for (CachedSequence sequence : forgotten) {
            if (retired.get(sequence.id()) == sequence) {
                saves.forget(sequence);
                drop(sequence, plan);
            }
        }
        forgotten.clear();
    }

    boolean isForgotten(CachedSequence sequence) {
        return forgotten.contains(sequence);
    }

    boolean hasForgotten() {
        return !forgotten.isEmpty();
    }

    /** Lets a pinned sequence be evicted, when nothing else makes room; false without one. */
    boolean unpinOne() {
        CachedSequence pinned = retired.leastPinned();
        if (pinned != null) {
            retired.pin(pinned, false);
            counts.unpinned++;
        }
        return pinned != null;
    }
}
