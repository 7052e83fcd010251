package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixMatch;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.prefix.PrefixTree;
import dev.tokapu.internal.util.IntList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gives requests what is already computed of their prompts, and keeps what they computed themselves.
 *
 * <p>A prompt that continues a retired sequence takes over its slot; otherwise what it has in common with a sequence, a live one too,
 * is copied to a slot of its own: for nothing with a unified KV cache, by a copy of the buffer with a split one.
 */
final class SequenceCache {

    /** Shorter sequences are not kept. */
    private static final int WORTH_KEEPING = 16;

    private final SchedulerConfig config;
    private final PrefixTree tree;
    private final RetiredSequences retired;
    private final PrefixCacheCounts counts = new PrefixCacheCounts();
    private final List<CachedSequence> forgotten = new ArrayList<>();

    SequenceCache(SchedulerConfig config) {
        this.config = config;
        this.tree = new PrefixTree(config.shared());
        this.retired = new RetiredSequences(config.sequences());
    }

    RetiredSequences retired() {
        return retired;
    }

    PrefixCacheCounts counts() {
        return counts;
    }

    PrefixTree tree() {
        return tree;
    }

    private static boolean isCached(ScheduledRequest<?> request) {
        return request.prefix != null;
    }

    /** What is computed of a prompt. At least its last token is computed anew, and whatever has an output. */
    PrefixMatch match(ScheduledRequest<?> request) {
        PrefixScope scope = request.prefix;
        if (!config.caches() || scope == null) {
            return PrefixMatch.NONE;
        }
        int most = Math.min(request.outputsFrom, request.prefillTokens() - 1);
        PrefixMatch match = tree.match(scope, request.prompt, most, !config.trims());
        return match.length() < config.smallestMatch() && !isContinued(match) ? PrefixMatch.NONE : match;
    }

    private static boolean isContinued(PrefixMatch match) {
        return match.sequence() != null && match.length() == match.sequence().length();
    }

    /** The cells that cannot be evicted, and less what a request would find of its prompt. */
    long firmCells(ScheduledRequest<?> request) {
        PrefixMatch match = match(request);
        CachedSequence source = match.sequence();
        long loose = source == null ? 0 : PrefixTree.looseCells(source, match.length());
        return tree.firmCells() + loose - match.length();
    }

    /** A slot for the sequence that a prompt is prefilled into, with as much of the prompt as is computed. */
    int begin(ScheduledRequest<?> request, ScheduledSequence<?> sequence, SlotTable slots, Plan<?> plan) {
        if (!isCached(request) || !config.caches()) {
            return beside(sequence, slots, plan);
        }
        PrefixMatch match = match(request);
        counts.requests++;
        counts.asked += request.prefillTokens();
        CachedSequence source = match.sequence();
        int slot = source == null
                ? beside(sequence, slots, plan)
                : from(source, match.length(), request, sequence, slots, plan);
        counts.hits += match.length() > 0 ? 1 : 0;
        counts.found += match.length();
        request.prefilled = match.length();
        request.cached = request.preemptions == 0 ? match.length() : request.cached;
        sequence.length = match.length();
        return slot;
    }

    private int from(
            CachedSequence source,
            int length,
            ScheduledRequest<?> request,
            ScheduledSequence<?> sequence,
            SlotTable slots,
            Plan<?> plan) {
        PrefixScope scope = Objects.requireNonNull(request.prefix);
        IntList tokens = prompt(request);
        boolean taken = isTakenOver(source, length, scope);
        int slot = taken && slots.isNear(source.id()) ? -1 : empty(slots, source, plan);
        if (slot >= 0) {
            retired.used(source);
            sequence.cached = tree.fork(source, length, slot, scope, tokens);
            plan.copy(source.id(), slot, length);
            if (taken) {
                sequence.cached.used(source.uses());
                remove(source, plan);
            }
            return slot;
        }
        retired.remove(source);
        sequence.cached = tree.fork(source, length, source.id(), scope, tokens);
        sequence.cached.used(source.uses() + 1);
        if (length < source.length()) {
            plan.trim(source.id(), length);
        }
        tree.remove(source);
        return source.id();
    }

    /** Whether a sequence loses little when a prompt continues it in place. */
    private boolean isTakenOver(CachedSequence source, int length, PrefixScope scope) {
        int lost = source.length() - length;
        boolean little = lost == 0 || (!config.shared() && lost <= length / 8);
        return source.isEvictable() && source.scope().equals(scope) && little;
    }

    /** Evicts a sequence that is kept, pinned or not, with a plan to come. */
    void forget(CachedSequence sequence) {
        retired.pin(sequence, false);
        forgotten.add(sequence);
    }

    /** Evicts what was to be forgotten, and has not been taken over since. */
    void clear(Plan<?> plan) {
        for (CachedSequence sequence : forgotten) {
            if (retired.get(sequence.id()) == sequence) {
                evict(sequence, plan);
            }
        }
        forgotten.clear();
    }

    boolean hasForgotten() {
        return !forgotten.isEmpty();
    }

    /** Lets a pinned sequence be evicted, when nothing else makes room; false without one. */
    boolean unpinOne() {
        CachedSequence pinned = retired.anyPinned();
        if (pinned != null) {
            retired.pin(pinned, false);
        }
        return pinned != null;
    }

    private static IntList prompt(ScheduledRequest<?> request) {
        IntList tokens = new IntList();
        tokens.addAll(request.prompt); // nothing, of a request that is not looked up
        return tokens;
    }

    /** An empty slot for a sequence. */
    int beside(ScheduledSequence<?> sequence, SlotTable slots, Plan<?> plan) {
        int slot = empty(slots, null, plan);
        if (slot < 0) {
            throw new IllegalStateException("no slot is empty, though there should be one");
        }
        PrefixScope scope = sequence.request().prefix;
        if (config.caches()) {
            sequence.cached = tree.open(slot, scope == null ? PrefixScope.NONE : scope, prompt(sequence.request()));
        }
        return slot;
    }

    /**
     * The lowest empty slot, after an eviction if need be; -1 when only one that is kept could be evicted. Where gaps between slots cost
     * steps, what is kept near the slots of the others makes room by a move to that slot.
     */
    private int empty(SlotTable slots, @Nullable CachedSequence kept, Plan<?> plan) {
        int slot = slots.lowestEmpty();
        if (slot < 0) {
            CachedSequence least = retired.least(kept);
            if (least == null) {
                return -1;
            }
            evict(least, plan);
            slot = least.id();
        }
        CachedSequence near = slots.isNear(slot) ? null : retired.leastNear(slots, kept);
        if (near == null) {
            return slot;
        }
        int left = near.id();
        plan.copy(left, slot, near.length());
        plan.clear(left);
        retired.move(near, slot);
        return left;
    }

    private void evict(CachedSequence sequence, Plan<?> plan) {
        counts.evicted += sequence.length();
        retired.evicted(sequence);
        remove(sequence, plan);
    }

    private void remove(CachedSequence sequence, Plan<?> plan) {
        retired.remove(sequence);
        tree.remove(sequence);
        plan.clear(sequence.id());
    }

    /** Evicts until all sequences together have no more cells than so many. */
    void shrink(long most, Plan<?> plan) {
        while (tree.cells() > most) {
            CachedSequence least = retired.least(null);
            if (least == null) {
                return; // what is reserved is more than what is needed
            }
            long excess = tree.cells() - most;
            int tail = PrefixTree.ownTail(least);
            int length = config.trims() && excess < tail ? least.length() - (int) excess : least.length() - tail;
            if (tail == 0 || !config.trims() || length < WORTH_KEEPING) {
                evict(least, plan);
            } else {
                counts.evicted += least.length() - length;
                tree.resize(least, length);
                plan.trim(least.id(), length);
            }
        }
    }

    /** Tokens of a sequence were computed, or were not right. */
    void resized(ScheduledSequence<?> sequence, int length) {
        CachedSequence cached = sequence.cached;
        if (cached != null) {
            tree.resize(cached, length);
        }
    }

    /** The prompt of a request is complete: its other sequences begin with it, too. */
    void branched(ScheduledSequence<?> prompted, ScheduledSequence<?> branch) {
        CachedSequence source = prompted.cached;
        CachedSequence old = branch.cached;
        if (source != null && old != null && source != old) {
            tree.remove(old);
            branch.cached = tree.fork(source, source.length(), old.id(), old.scope(), old.tokens());
        }
    }

    /** A sequence has ended: it is kept if it is worth that, or cleared. */
    void retire(ScheduledSequence<?> sequence, Plan<?> plan) {
        CachedSequence cached = sequence.cached;
        int length = sequence.settled();
        boolean exact = length == sequence.length && !sequence.excess;
        boolean sound = !sequence.tainted && (exact || config.trims());
        sequence.cached = null;
        if (cached != null && sound && keep(cached, length, sequence.request())) {
            if (!exact) {
                plan.trim(sequence.slot, length);
            }
            return;
        }
        if (cached != null) {
            tree.remove(cached);
        }
        plan.clear(sequence.slot);
    }

    private boolean keep(CachedSequence cached, int length, ScheduledRequest<?> request) {
        if (!isCached(request) || (length < WORTH_KEEPING && !request.pins)) {
            return false;
        }
        tree.resize(cached, length);
        if (PrefixTree.isCovered(cached) && !request.pins) {
            return false;
        }
        cached.pin(request.pins);
        retired.add(cached);
        counts.kept += length;
        return true;
    }
}
