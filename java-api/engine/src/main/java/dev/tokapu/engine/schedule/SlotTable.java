package dev.tokapu.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who has which sequence, and how much of the KV cache is spoken for.
 *
 * <p>A request reserves all it may ever need when it gets its slots, so no step fails for want of KV cells. Each sequence gives its share
 * back with its slot; the shared cells of a prompt go with the request's last slot.
 */
final class SlotTable {

    private final SchedulerConfig config;
    private final @Nullable ScheduledSequence<?>[] sequences;
    private final List<ScheduledSequence<?>> toRelease = new ArrayList<>();
    private int free;
    private int requests;
    private long reserved;

    SlotTable(SchedulerConfig config) {
        this.config = config;
        this.sequences = new @Nullable ScheduledSequence<?>[config.slots()];
        this.free = config.slots();
    }

    int free() {
        return free;
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
        return reservation(request) > config.kvTokens() ? RejectReason.TOO_LONG : null;
    }

    private static long reservation(ScheduledRequest<?> request) {
        return request.reservedTogether + (long) request.liveSequences * request.reservedPerSequence;
    }

    boolean fits(ScheduledRequest<?> request) {
        return request.liveSequences <= free && reserved + reservation(request) <= config.kvTokens();
    }

    /** Gives the lowest free slots to the sequences of a request. */
    void take(ScheduledRequest<?> request) {
        reserved += reservation(request);
        requests++;
        int slot = 0;
        for (int branch = 0; branch < request.branches(); branch++) {
            ScheduledSequence<?> sequence = request.sequence(branch);
            if (sequence.ended) {
                continue;
            }
            while (sequences[slot] != null) {
                slot++;
            }
            sequences[slot] = sequence;
            sequence.slot = slot;
            request.slots++;
            free--;
        }
    }

    /** The slot of a sequence that ended is cleared in the next plan. */
    void releaseLater(ScheduledSequence<?> sequence) {
        if (sequence.slot >= 0) {
            toRelease.add(sequence);
        }
    }

    boolean hasReleases() {
        return !toRelease.isEmpty();
    }

    /** Clears the slots of the sequences that ended. */
    void release(Plan<?> plan) {
        for (int i = 0; i < toRelease.size(); i++) {
            ScheduledSequence<?> sequence = toRelease.get(i);
            ScheduledRequest<?> request = sequence.request();
            plan.release(sequence.slot);
            sequences[sequence.slot] = null;
            sequence.slot = -1;
            free++;
            reserved -= request.reservedPerSequence;
            request.slots--;
            if (request.slots == 0) {
                reserved -= request.reservedTogether;
                requests--;
            }
        }
        toRelease.clear();
    }

    /** Two sequences change their slots, and what is in them. */
    void swap(ScheduledSequence<?> sequence, ScheduledSequence<?> other) {
        int slot = sequence.slot;
        int length = sequence.length;
        place(sequence, other.slot, other.length);
        place(other, slot, length);
    }

    private void place(ScheduledSequence<?> sequence, int slot, int length) {
        sequences[slot] = sequence;
        sequence.slot = slot;
        sequence.length = length;
    }
}
