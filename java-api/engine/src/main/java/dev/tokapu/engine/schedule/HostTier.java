package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixMatch;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.prefix.PrefixTree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prefixes that are kept in host memory, within a number of bytes.
 *
 * <p>The least valuable one goes first, as in {@link RetiredSequences}; one that another one of the same scope begins with is not kept twice.
 */
final class HostTier {

    private final long mostBytes;
    private final boolean trims;
    private final PrefixWorth worth;
    private final SaveWorth saving = new SaveWorth();
    private final UnsavedPrefixes unsaved;
    private final PrefixTree tree = new PrefixTree(true);
    private final Map<CachedSequence, SavedPrefix> prefixes = new LinkedHashMap<>();
    private long bytes;
    private double age;
    private double tokenBytes;

    HostTier(long mostBytes, boolean trims, PrefixWorth worth) {
        this.worth = worth;
        this.mostBytes = mostBytes;
        this.trims = trims;
        this.unsaved = new UnsavedPrefixes(trims);
    }

    boolean isOn() {
        return mostBytes > 0;
    }

    /** Whether it pays to save what is evicted. */
    SaveWorth saving() {
        return saving;
    }

    long bytes() {
        return bytes;
    }

    /** Something is evicted and not saved, because it does not pay. */
    void skipped(CachedSequence sequence) {
        int length = sequence.length();
        if (covers(sequence.scope(), sequence.tokens().toArray(), length)) {
            return;
        }
        saving.evicted();
        unsaved.add(sequence.scope(), sequence.tokens(), length, (long) (mostBytes / Math.max(1, tokenBytes)));
    }

    /** A request begins, with fewer tokens found than so many: counts what it would have found, had it been saved. */
    void begun(PrefixScope scope, int[] prompt, int most, int least) {
        saving.used(unsaved.take(scope, prompt, most, least));
    }

    int size() {
        return prefixes.size();
    }

    List<SavedPrefix> prefixes() {
        return new ArrayList<>(prefixes.values());
    }

    /** The longest beginning of a prompt. */
    PrefixMatch match(PrefixScope scope, int[] prompt, int most) {
        return prefixes.isEmpty() ? PrefixMatch.NONE : tree.match(scope, prompt, most, !trims);
    }

    /** The prefix that was matched. */
    SavedPrefix get(CachedSequence matched) {
        SavedPrefix prefix = prefixes.get(matched);
        if (prefix == null) {
            throw new IllegalStateException("this prefix is not saved");
        }
        return prefix;
    }

    /** Whether requests of a scope find so many tokens here. */
    boolean covers(PrefixScope scope, int[] tokens, int length) {
        return match(scope, tokens, length).length() == length;
    }

    /** The state that has most of the first tokens of a prefix; null when none has any. */
    @Nullable
    SavedState beginning(SavedPrefix prefix) {
        CachedSequence found = match(prefix.scope(), prefix.tokens().toArray(), prefix.length())
                .sequence();
        return found == null ? null : get(found).state();
    }

    /** Whether what was to be saved is here. */
    boolean has(SavedPrefix prefix) {
        return covers(prefix.scope(), prefix.tokens().toArray(), prefix.length());
    }

    /** Takes in what was saved; false when there is no room for it, it is not wanted any more or it is there already. */
    boolean add(SavedPrefix prefix, SavedState state) {
        if (prefix.unwanted || state.bytes() > mostBytes || has(prefix)) {
            state.close();
            return false;
        }
        tokenBytes = (double) state.bytes() / prefix.length();
        prefix.state(state);
        CachedSequence indexed = tree.add(prefix.scope(), prefix.tokens(), prefix.length());
        indexed.used(prefix.uses, prefix.weight);
        prefix.indexed = indexed;
        prefixes.put(indexed, prefix);
        bytes += state.bytes();
        value(indexed);
        removeBeginnings(prefix);
        shrink();
        return prefixes.containsKey(indexed);
    }

    /** Removes the prefixes that a new one begins with; where states cannot be cut, the longest and the used ones stay. */
    private void removeBeginnings(SavedPrefix prefix) {
        List<SavedPrefix> beginnings = prefixes();
        beginnings.removeIf(other -> !isBeginning(other, prefix));
        if (!trims) {
            beginnings.removeIf(other -> other.uses() > 0 || other.isPinned());
            beginnings.stream()
                    .max(Comparator.comparingInt(SavedPrefix::length))
                    .ifPresent(beginnings::remove);
        }
        beginnings.forEach(other -> replace(other, prefix));
    }

    private static boolean isBeginning(SavedPrefix other, SavedPrefix prefix) {
        return other != prefix
                && other.restores == 0
                && other.length() <= prefix.length()
                && other.scope().equals(prefix.scope())
                && prefix.tokens().startsLike(other.tokens(), other.length());
    }

    private void replace(SavedPrefix other, SavedPrefix by) {
        if (by.indexed != null) {
            by.indexed.used(other.uses(), 0);
            by.indexed.pin(by.isPinned() || other.isPinned());
        }
        remove(other);
    }

    private void shrink() {
        while (bytes > mostBytes) {
            SavedPrefix least = null;
            for (SavedPrefix prefix : prefixes.values()) {
                least = prefix.restores == 0 && (least == null || goesBefore(prefix, least)) ? prefix : least;
            }
            if (least == null) {
                return; // all of it is restored with this plan
            }
            age = Math.max(age, value(least));
            remove(least);
        }
    }

    private static boolean goesBefore(SavedPrefix prefix, SavedPrefix other) {
        return prefix.isPinned() != other.isPinned() ? other.isPinned() : value(prefix) < value(other);
    }

    private static double value(SavedPrefix prefix) {
        return prefix.indexed == null ? 0 : prefix.indexed.value();
    }

    private void value(CachedSequence indexed) {
        indexed.value(age + worth.ofToken(indexed));
    }

    /** The first tokens of a prefix were restored; none when that failed, and it is of no use then. */
    void restored(SavedPrefix prefix, int tokens) {
        CachedSequence indexed = prefix.indexed;
        prefix.restores--;
        prefix.failed |= tokens == 0;
        if (prefix.failed && prefix.restores == 0) {
            remove(prefix);
        } else if (indexed != null) {
            double part = (double) tokens / prefix.length();
            indexed.used(1, part);
            saving.used(part);
            value(indexed);
        }
    }

    /** A restore is not wanted any more. */
    void abandoned(SavedPrefix prefix) {
        prefix.restores--;
        if (prefix.failed && prefix.restores == 0) {
            remove(prefix);
        }
    }

    /** Frees a prefix. */
    void remove(SavedPrefix prefix) {
        CachedSequence indexed = prefix.indexed;
        SavedState state = prefix.state();
        if (indexed == null || state == null || prefixes.remove(indexed) == null) {
            return;
        }
        bytes -= state.bytes();
        tree.remove(indexed);
        prefix.state(null);
        state.close();
    }

    /** Frees all of them. */
    void clear() {
        prefixes().forEach(this::remove);
        unsaved.clear();
    }

    /** The one with a number; null when it is gone. */
    @Nullable
    SavedPrefix find(long serial) {
        for (SavedPrefix prefix : prefixes.values()) {
            if (prefix.serial() == serial) {
                return prefix;
            }
        }
        return null;
    }
}
