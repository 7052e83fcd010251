package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.prefix.PrefixTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Saves sequences of the KV cache to host memory before they are evicted, if possible some steps before. */
final class HostSaves {

    private final SchedulerConfig config;
    private final PrefixTree tree;
    private final RetiredSequences retired;
    private final HostTier host;
    private final Map<CachedSequence, SavedPrefix> saving = new LinkedHashMap<>();
    private boolean savesAhead;
    private long answers;

    HostSaves(SchedulerConfig config, PrefixTree tree, RetiredSequences retired, HostTier host) {
        this.config = config;
        this.tree = tree;
        this.retired = retired;
        this.host = host;
        this.savesAhead = config.savesAhead();
    }

    /** How many saves have ended, successful or not. */
    long answers() {
        return answers;
    }

    /** Saves a sequence, unless it is saved, is being saved or does not pay. */
    void save(CachedSequence sequence, Plan<?> plan) {
        if (!mayBeSaved(sequence)) {
            return;
        }
        if (sequence.uses() > 0 || host.saving().savesNext()) {
            copy(sequence, plan);
        } else {
            host.skipped(sequence);
        }
    }

    private boolean mayBeSaved(CachedSequence sequence) {
        return host.isOn()
                && sequence.length() >= worthSaving()
                && !sequence.isUnsavable()
                && !saving.containsKey(sequence);
    }

    /**
     * Whether a sequence can be evicted without a copy. Otherwise it begins to be saved with this plan, beside the steps to come, unless it is
     * being saved already.
     */
    boolean isSaved(CachedSequence sequence, Plan<?> plan) {
        if (mayBeSaved(sequence) && (sequence.uses() > 0 || host.saving().wouldSave())) {
            copy(sequence, plan);
        }
        return !saving.containsKey(sequence);
    }

    /** {@link #isSaved} for all that would be evicted to get down to so many cells, except one that is kept. */
    boolean areSaved(long most, @Nullable CachedSequence kept, Plan<?> plan) {
        long excess = tree.cells() - most;
        return excess <= 0 || areSaved(retired.leastFirst(kept), Integer.MAX_VALUE, excess, plan);
    }

    /** {@link #isSaved} for so many of the least valuable sequences, except one that is kept. */
    boolean areSaved(int count, @Nullable CachedSequence kept, Plan<?> plan) {
        return count <= 0 || areSaved(retired.leastFirst(kept), count, Long.MAX_VALUE, plan);
    }

    private boolean areSaved(List<CachedSequence> sequences, int count, long cells, Plan<?> plan) {
        boolean saved = true;
        long found = 0;
        for (int i = 0; i < Math.min(count, sequences.size()) && found < cells; i++) {
            saved &= isSaved(sequences.get(i), plan);
            found += PrefixTree.ownTail(sequences.get(i));
        }
        return saved;
    }

    /**
     * Saves what would be evicted next beside the steps to come, one sequence after the other, so that requests need not wait for it.
     *
     * @param most how many cells all sequences are to have without a copy
     * @param count how many sequences are to be evicted without a copy, whatever their cells
     */
    void saveAhead(long most, int count, Plan<?> plan) {
        long excess = tree.cells() - most;
        if (!host.isOn() || !saving.isEmpty() || (count <= 0 && excess <= 0)) {
            return;
        }
        CachedSequence next = retired.leastOf(this::isToBeSaved);
        if (next != null && (retired.before(next) < count || retired.tailsBefore(next) < excess)) {
            copy(next, plan);
        }
    }

    private boolean isToBeSaved(CachedSequence sequence) {
        return sequence.savedLength() < sequence.length()
                && mayBeSaved(sequence)
                && (sequence.uses() > 0 || host.saving().pays());
    }

    /** A save has ended; {@code done} is whether host memory has the prefix now. */
    void saved(SavedPrefix prefix, boolean done) {
        answers++;
        for (Map.Entry<CachedSequence, SavedPrefix> entry : saving.entrySet()) {
            if (entry.getValue() == prefix) {
                if (!done) {
                    entry.getKey().unsavable();
                }
                saving.remove(entry.getKey());
                return;
            }
        }
    }

    /** What is being saved of a sequence is not wanted any more. */
    void forget(CachedSequence sequence) {
        SavedPrefix prefix = saving.get(sequence);
        if (prefix != null) {
            prefix.unwanted = true;
        }
    }

    /** What is being saved of some scopes is not wanted any more. */
    void forget(Predicate<PrefixScope> scopes) {
        saving.values().forEach(prefix -> prefix.unwanted |= scopes.test(prefix.scope()));
    }

    private void copy(CachedSequence sequence, Plan<?> plan) {
        int length = sequence.length();
        sequence.saved(length);
        if (!host.covers(sequence.scope(), sequence.tokens().toArray(), length)) {
            SavedPrefix prefix = new SavedPrefix(sequence.scope(), sequence.tokens(), length);
            prefix.uses = sequence.uses();
            prefix.weight = sequence.weight();
            saving.put(sequence, prefix);
            plan.save(sequence.id(), prefix);
            host.saving().evicted();
        }
    }

    /** Saves what is most valuable of what is not saved; false when everything is. */
    boolean saveNext(Plan<?> plan) {
        CachedSequence next = savesAhead ? retired.mostUnsaved(worthSaving()) : null;
        if (next != null) {
            copy(next, plan);
        }
        return next != null;
    }

    void savesAhead(boolean value) {
        savesAhead = value && config.savesAhead();
    }

    private int worthSaving() {
        return Math.max(SequenceCache.WORTH_KEEPING, config.smallestMatch());
    }
}
