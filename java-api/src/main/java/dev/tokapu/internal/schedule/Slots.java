package dev.tokapu.internal.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who has which sequence, and how much of the KV cache is spoken for.
 *
 * <p>A job reserves all it may ever need when it gets its slots, so no step fails for want of KV cells. Each lane gives its share
 * back with its slot; the shared cells of a prompt go with the job's last slot.
 */
final class Slots {

    private final Limits limits;
    private final @Nullable Lane[] lanes;
    private final List<Lane> toRelease = new ArrayList<>();
    private int free;
    private int jobs;
    private long reserved;

    Slots(Limits limits) {
        this.limits = limits;
        this.lanes = new @Nullable Lane[limits.slots()];
        this.free = limits.slots();
    }

    int free() {
        return free;
    }

    int jobs() {
        return jobs;
    }

    long reserved() {
        return reserved;
    }

    /** The lane of a slot. */
    @Nullable
    Lane lane(int slot) {
        return lanes[slot];
    }

    /** Says why a job can never run in these limits, or measures what it reserves. */
    @Nullable
    Refusal measure(Job job) {
        if (job.branches() > limits.slots()) {
            return Refusal.TOO_MANY_BRANCHES;
        }
        int room = limits.slotTokens() - job.promptTokens();
        if (room < (job.promptOnly() ? 0 : 1)) {
            return Refusal.TOO_LONG;
        }
        job.generatable = job.promptOnly() ? 0 : Math.min(job.maxTokens(), room);
        job.reservedTogether = limits.shared() ? job.promptTokens() : 0;
        job.reservedPerLane = limits.shared() ? job.generatable : job.promptTokens() + job.generatable;
        return reservation(job) > limits.kvTokens() ? Refusal.TOO_LONG : null;
    }

    private static long reservation(Job job) {
        return job.reservedTogether + (long) job.liveLanes * job.reservedPerLane;
    }

    boolean fits(Job job) {
        return job.liveLanes <= free && reserved + reservation(job) <= limits.kvTokens();
    }

    /** Gives the lowest free slots to the lanes of a job. */
    void take(Job job) {
        reserved += reservation(job);
        jobs++;
        int slot = 0;
        for (int branch = 0; branch < job.branches(); branch++) {
            Lane lane = job.lane(branch);
            if (lane.ended) {
                continue;
            }
            while (lanes[slot] != null) {
                slot++;
            }
            lanes[slot] = lane;
            lane.slot = slot;
            job.slots++;
            free--;
        }
    }

    /** The slot of a lane that ended is cleared in the next plan. */
    void releaseLater(Lane lane) {
        if (lane.slot >= 0) {
            toRelease.add(lane);
        }
    }

    boolean hasReleases() {
        return !toRelease.isEmpty();
    }

    /** Clears the slots of the lanes that ended. */
    void release(Plan plan) {
        for (int i = 0; i < toRelease.size(); i++) {
            Lane lane = toRelease.get(i);
            Job job = lane.job();
            plan.release(lane.slot);
            lanes[lane.slot] = null;
            lane.slot = -1;
            free++;
            reserved -= job.reservedPerLane;
            job.slots--;
            if (job.slots == 0) {
                reserved -= job.reservedTogether;
                jobs--;
            }
        }
        toRelease.clear();
    }

    /** Two lanes change their slots, and what is in them. */
    void swap(Lane lane, Lane other) {
        int slot = lane.slot;
        int length = lane.length;
        place(lane, other.slot, other.length);
        place(other, slot, length);
    }

    private void place(Lane lane, int slot, int length) {
        lanes[slot] = lane;
        lane.slot = slot;
        lane.length = length;
    }
}
