package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who has which sequence, and how much of the KV cache is spoken for.
 *
 * <p>A request reserves all it may ever need when it gets its slots, or what it is expected to need where it can be preempted
 * ({@link KvPressure}), so no step fails for want of KV cells. Each sequence gives its share
 * back with its slot; the shared cells of a prompt go with the request's last slot.
 */
final class SlotTable {

    private final SchedulerConfig config;
    private final @Nullable ScheduledSequence<?>[] sequences;
    private final SequenceCache cache;
    private final KvRoom room;
    private final List<ScheduledSequence<?>> toRelease = new ArrayList<>();
    private final AnswerLengths answers = new AnswerLengths();
    private int live;
    private int requests;
    private long reserved;

    SlotTable(SchedulerConfig config) {
        this.config = config;
        this.sequences = new @Nullable ScheduledSequence<?>[config.sequences()];
        this.cache = new SequenceCache(config);
        this.room = new KvRoom(config, cache, sequences);
    }

    SequenceCache cache() {
        return cache;
    }

    KvRoom room() {
        return room;
    }

    /** How many sequences may still get a slot. */
    int free() {
        return config.slots() - live;
    }

    int requests() {
        return requests;
    }

    long reserved() {
        return reserved;
    }

    /** The sequence of a slot. */
    @Nullable
    ScheduledSequence<?> sequence(int slot) {
        return sequences[slot];
    }

    /** What is in a slot that no request has, in tokens. */
    int kept(int slot) {
        CachedSequence retired = cache.retired().get(slot);
        return retired == null ? 0 : retired.length();
    }

    /** Says why a request can never run in these limits, or measures what it reserves. */
    @Nullable
    RejectReason measure(ScheduledRequest<?> request) {
        if (request.branches() > config.slots()) {
            return RejectReason.TOO_MANY_BRANCHES;
        }
        int room = config.slotTokens() - request.promptTokens();
        if (room < (request.promptOnly() ? 0 : 1)) {
            return RejectReason.TOO_LONG;
        }
        request.generatable = request.promptOnly() ? 0 : Math.min(request.maxTokens(), room);
        request.reservedTogether = config.shared() ? request.promptTokens() : 0;
        request.reservedPerSequence =
                config.shared() ? request.generatable : request.promptTokens() + request.generatable;
        return KvRoom.reservation(request) > config.kvTokens() ? RejectReason.TOO_LONG : null;
    }

    /** Whether a request can run beside the others, if everything else is evicted that may be. */
    boolean fits(ScheduledRequest<?> request) {
        if (request.liveSequences > free()) {
            return false;
        }
        if (config.preempts() && request.isPreemptible()) {
            request.reservedPerSequence = answers.expected(request);
        }
        if (!config.caches()) {
            return reserved + KvRoom.reservation(request) <= config.kvTokens();
        }
        int slots = config.sequences()
                - live
                - cache.retired().size()
                + cache.retired().evictable();
        return request.liveSequences <= slots && (!config.shared() || room.fits(request));
    }

    /** A sequence got what was saved, or nothing. */
    void restored(int slot, SavedPrefix saved, boolean done) {
        ScheduledSequence<?> sequence = sequences[slot];
        if (sequence == null || sequence.request().lookup.restored != saved) {
            throw new IllegalStateException("slot " + slot + " waits for no such prefix");
        }
        ScheduledRequest<?> request = sequence.request();
        int length = cache.restores().restored(sequence, saved, done);
        request.phase = Phase.PREFILLING;
        if (config.shared()) {
            request.reservedTogether -= length;
            reserved -= length;
        }
    }

    /** Whether a request that fits gets its room at once; otherwise what is in the way begins to be saved, and is evicted after that. */
    boolean isClear(ScheduledRequest<?> request, Plan<?> plan) {
        if (!config.caches() || config.hostBytes() == 0) {
            return true;
        }
        return cache.isClear(request, this, room.besideNeeded() - room.missing(request), plan);
    }

    /** Slots in which nothing is. */
    int empties() {
        return config.sequences() - live - cache.retired().size();
    }

    /** Gives slots to the sequences of a request: one that holds the beginning of its prompt if there is one, else the lowest ones. */
    void take(ScheduledRequest<?> request, Plan<?> plan) {
        requests++;
        boolean first = true;
        for (int branch = 0; branch < request.branches(); branch++) {
            ScheduledSequence<?> sequence = request.sequence(branch);
            if (sequence.ended) {
                continue;
            }
            if (first) {
                place(sequence, cache.begin(request, sequence, this, plan));
                request.phase = request.lookup.restored == null ? Phase.PREFILLING : Phase.RESTORING;
                request.reservedTogether -= config.shared() ? request.prefilled : 0;
                first = false;
            } else {
                place(sequence, cache.beside(sequence, this, plan));
            }
            request.slots++;
            live++;
        }
        reserved += KvRoom.reservation(request);
        if (config.shared()) {
            cache.evictions().shrink(room.besideNeeded(), plan);
        }
    }

    private void place(ScheduledSequence<?> sequence, int slot) {
        sequences[slot] = sequence;
        sequence.slot = slot;
    }

    /** Whether a slot is low enough to keep live sequences contiguous; always true where gaps cost nothing. */
    boolean isNear(int slot) {
        return config.shared() || slot <= live;
    }

    /** The lowest slot in which nothing is; -1 when there is none. */
    int lowestEmpty() {
        for (int slot = 0; slot < sequences.length; slot++) {
            if (sequences[slot] == null && cache.retired().get(slot) == null) {
                return slot;
            }
        }
        return -1;
    }

    /** Takes the slot of a preempted request's sequence; what it holds is kept as long as there is room. */
    void preempt(ScheduledRequest<?> request, Plan<?> plan) {
        ScheduledSequence<?> sequence = request.sequence(0);
        CachedSequence cached = sequence.cached;
        if (cached == null) {
            throw new IllegalStateException("request " + request.id() + " has no tokens to be computed again");
        }
        int[] known = cached.tokens().toArray();
        reserved -= request.reservedPerSequence + request.reservedTogether;
        requests--;
        live--;
        request.slots = 0;
        cached.used(1, 1); // the request goes on from it
        cache.restores().abandon(request);
        cache.retire(sequence, plan);
        sequences[sequence.slot] = null;
        sequence.slot = -1;
        sequence.length = 0;
        sequence.excess = false;
        sequence.tainted = false;
        request.outputsFrom += known.length - request.prefillTokens;
        request.prompt = known;
        request.lookup.version = -1;
        request.prefillTokens = known.length;
        request.prefilled = 0;
        request.found = 0;
        request.reservedTogether = known.length;
    }

    /** The slot of a sequence that ended is free in the next plan. */
    void releaseLater(ScheduledSequence<?> sequence) {
        answers.ended(sequence);
        if (sequence.slot >= 0) {
            toRelease.add(sequence);
        }
    }

    boolean hasReleases() {
        return !toRelease.isEmpty();
    }

    /** Frees the slots of the sequences that ended; what they hold is kept or cleared. */
    void release(Plan<?> plan) {
        for (int i = 0; i < toRelease.size(); i++) {
            ScheduledSequence<?> sequence = toRelease.get(i);
            ScheduledRequest<?> request = sequence.request();
            cache.retire(sequence, plan);
            sequences[sequence.slot] = null;
            sequence.slot = -1;
            live--;
            reserved -= request.reservedPerSequence;
            request.slots--;
            if (request.slots == 0) {
                cache.restores().abandon(request);
                reserved -= request.reservedTogether;
                requests--;
            }
        }
        toRelease.clear();
        cache.evictions().bound(plan);
    }

    /** Two sequences change their slots, and what is in them. */
    void swap(ScheduledSequence<?> sequence, ScheduledSequence<?> other) {
        int slot = sequence.slot;
        int length = sequence.length;
        CachedSequence cached = sequence.cached;
        boolean tainted = sequence.tainted;
        place(sequence, other.slot, other.length, other.cached, other.tainted);
        place(other, slot, length, cached, tainted);
    }

    private void place(
            ScheduledSequence<?> sequence, int slot, int length, @Nullable CachedSequence cached, boolean tainted) {
        sequences[slot] = sequence;
        sequence.slot = slot;
        sequence.length = length;
        sequence.cached = cached;
        sequence.tainted = tainted;
    }
}
