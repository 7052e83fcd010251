package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixMatch;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.prefix.PrefixTree;
import dev.tokapu.internal.util.IntList;
import java.util.Objects;

/**
 * Gives requests what is already computed of their prompts, and keeps what they computed themselves.
 *
 * <p>A prompt that continues a retired sequence takes over its slot; otherwise what it has in common with a sequence, a live one too,
 * is copied to a slot of its own: for nothing with a unified KV cache, by a copy of the buffer with a split one.
 */
final class SequenceCache {

    /** Shorter sequences are not kept. */
    static final int WORTH_KEEPING = 16;

    private final SchedulerConfig config;
    private final PrefixTree tree;
    private final PrefixWorth worth = new PrefixWorth();
    private final RetiredSequences retired;
    private final PrefixCacheCounts counts = new PrefixCacheCounts();
    private final Evictions evictions;
    private final HostTier host;
    private final HostSaves saves;
    private final PrefixRestores restores;
    private final SlotPlaces places;

    SequenceCache(SchedulerConfig config) {
        this.config = config;
        this.tree = new PrefixTree(config.shared());
        this.retired = new RetiredSequences(config.sequences(), config.shared(), worth);
        this.host = new HostTier(config.hostBytes(), config.trims(), worth);
        this.saves = new HostSaves(config, tree, retired, host);
        this.evictions = new Evictions(config, tree, retired, counts, saves);
        this.restores = new PrefixRestores(config, host, tree, evictions);
        this.places = new SlotPlaces(config, retired, evictions);
    }

    RetiredSequences retired() {
        return retired;
    }

    PrefixCacheCounts counts() {
        return counts;
    }

    Evictions evictions() {
        return evictions;
    }

    PrefixWorth worth() {
        return worth;
    }

    PrefixTree tree() {
        return tree;
    }

    HostTier host() {
        return host;
    }

    HostSaves saves() {
        return saves;
    }

    PrefixRestores restores() {
        return restores;
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
        if (request.lookup.version != tree.version()) {
            PrefixMatch match = tree.match(scope, request.prompt, mostFound(request), !config.trims());
            boolean worthIt = match.length() >= config.smallestMatch() || isContinued(match);
            request.lookup.match = worthIt ? match : PrefixMatch.NONE;
            request.lookup.version = tree.version();
        }
        return request.lookup.match;
    }

    static int mostFound(ScheduledRequest<?> request) {
        return Math.min(Math.min(request.outputsFrom, request.activatedFrom), request.prefillTokens() - 1);
    }

    private static boolean isContinued(PrefixMatch match) {
        return match.sequence() != null && match.length() == match.sequence().length();
    }

    /** The cells that cannot be evicted, and less what a request would find of its prompt in the KV cache. */
    long firmCells(ScheduledRequest<?> request) {
        PrefixMatch match = match(request);
        CachedSequence source = match.sequence();
        long loose = source == null ? 0 : PrefixTree.looseCells(source, match.length());
        return tree.firmCells() + loose - match.length();
    }

    /**
     * Whether what is in the way of a request can be evicted without a copy; otherwise it begins to be saved, see {@link HostSaves#isSaved}.
     * This is an estimate: a needless copy stays in host memory, a missing one is made at the eviction.
     *
     * @param cells how many cells all other sequences may have
     */
    boolean isClear(ScheduledRequest<?> request, SlotTable slots, long cells, Plan<?> plan) {
        PrefixMatch match = match(request);
        PrefixScope scope = request.prefix;
        boolean restored = restores.find(request, match).length() > 0;
        CachedSequence source = restored ? null : match.sequence();
        int more = request.liveSequences - slots.empties();
        boolean clear = !config.shared() || saves.areSaved(cells, source, plan);
        if (source != null && scope != null && places.isTakenOver(source, match.length(), scope, slots)) {
            clear &= match.length() == source.length() || saves.isSaved(source, plan);
            clear &= saves.areSaved(more - 1, source, plan);
            return clear;
        }
        CachedSequence least = places.inTheWay(slots, source);
        clear &= least == null || saves.isSaved(least, plan);
        clear &= saves.areSaved(more, source, plan);
        return clear;
    }

    /** A slot for the sequence that a prompt is prefilled into, with as much of the prompt as is computed. */
    int begin(ScheduledRequest<?> request, ScheduledSequence<?> sequence, SlotTable slots, Plan<?> plan) {
        if (!isCached(request) || !config.caches()) {
            return beside(sequence, slots, plan);
        }
        PrefixMatch match = match(request);
        counts.requests++;
        counts.asked += request.prefillTokens();
        PrefixMatch saved = restores.find(request, match);
        restores.begun(request, Math.max(match.length(), saved.length()));
        CachedSequence kept = saved.sequence();
        if (kept != null && slots.room().clear(request, kept, plan)) {
            int slot = beside(sequence, slots, plan);
            restores.plan(request, slot, saved, plan);
            return slot;
        }
        CachedSequence source = match.sequence();
        request.lookup.pinnedBefore = source != null && isPinnedWhole(source, request);
        int slot = source == null
                ? beside(sequence, slots, plan)
                : from(source, match.length(), request, sequence, slots, plan);
        evictions.found(request, sequence, match.length());
        return slot;
    }

    /** Whether a pinned sequence of the same scope has all of a prompt. */
    private static boolean isPinnedWhole(CachedSequence source, ScheduledRequest<?> request) {
        int length = request.prefillTokens();
        return source.isPinned()
                && source.scope().equals(request.prefix)
                && source.length() >= length
                && source.tokens().commonPrefix(0, length, request.prompt) == length;
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
        boolean taken = places.isTakenOver(source, length, scope, slots);
        int slot = taken && slots.isNear(source.id()) ? -1 : places.empty(slots, source, plan);
        if (slot >= 0) {
            retired.used(source, length);
            sequence.cached = tree.fork(source, length, slot, scope, tokens, request.activatedFrom);
            plan.copy(source.id(), slot, length);
            if (taken) {
                sequence.cached.used(source.uses(), source.weight());
                evictions.remove(source, plan);
            }
            return slot;
        }
        retired.remove(source);
        sequence.cached = tree.fork(source, length, source.id(), scope, tokens, request.activatedFrom);
        sequence.cached.used(source.uses() + 1, source.weight() + 1);
        if (length < source.length()) {
            saves.save(source, plan);
            counts.evicted += source.length() - length;
            plan.trim(source.id(), length);
        }
        tree.remove(source);
        return source.id();
    }

    private static IntList prompt(ScheduledRequest<?> request) {
        IntList tokens = new IntList();
        tokens.addAll(request.prompt); // nothing, of a request that is not looked up
        return tokens;
    }

    /** An empty slot for a sequence. */
    int beside(ScheduledSequence<?> sequence, SlotTable slots, Plan<?> plan) {
        int slot = places.empty(slots, null, plan);
        if (slot < 0) {
            throw new IllegalStateException("no slot is empty, though there should be one");
        }
        PrefixScope scope = sequence.request().prefix;
        if (config.caches()) {
            PrefixScope own = scope == null ? PrefixScope.NONE : scope;
            sequence.cached = tree.open(slot, own, prompt(sequence.request()), sequence.request().activatedFrom);
        }
        return slot;
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
            int shared = prompted.request().activatedFrom;
            branch.cached = tree.fork(source, source.length(), old.id(), old.scope(), old.tokens(), shared);
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
        boolean tooShort = length < (request.pins ? 1 : WORTH_KEEPING);
        if (!isCached(request) || tooShort || (request.pins && request.lookup.pinnedBefore)) {
            return false;
        }
        tree.resize(cached, length);
        if (!request.pins && (PrefixTree.isCovered(cached) || retired.covers(cached))) {
            return false;
        }
        cached.pin(request.pins);
        retired.add(cached);
        counts.kept += length;
        return true;
    }
}
