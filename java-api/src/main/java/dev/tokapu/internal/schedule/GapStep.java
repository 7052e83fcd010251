package dev.tokapu.internal.schedule;

import java.util.Arrays;

/**
 * The part of a batch that bridges gaps between slots. With buffers of their own (a split KV cache), llama.cpp computes sequences
 * together only while their ids follow one another: what is behind a gap makes a micro-batch of its own, which reads the weights
 * again.
 *
 * <p>A prompt that waits in a gap is read by one token, an empty sequence gets a token that is thrown away. A gap that is too wide, or
 * has in it what can be neither, stays.
 */
final class GapStep {

    private final Limits limits;
    private final Slots slots;
    private final boolean[] computed;

    GapStep(Limits limits, Slots slots) {
        this.limits = limits;
        this.slots = slots;
        this.computed = new boolean[limits.slots()];
    }

    void fill(Group group, Plan plan) {
        if (limits.gap() == 0 || plan.decodeEntries() == 0) {
            return;
        }
        Arrays.fill(computed, false);
        for (int i = 0; i < plan.entries(); i++) {
            computed[plan.lane(i).slot] = true;
        }
        int last = -1;
        for (int slot = 0; slot < computed.length; slot++) {
            if (computed[slot]) {
                if (last >= 0 && canBridge(last + 1, slot, group, plan)) {
                    bridge(last + 1, slot, plan);
                }
                last = slot;
            }
        }
    }

    private boolean canBridge(int from, int to, Group group, Plan plan) {
        int gap = to - from;
        if (gap > limits.gap() || plan.tokens() + plan.bridges() + gap > limits.batchTokens()) {
            return false;
        }
        for (int slot = from; slot < to; slot++) {
            Lane lane = slots.lane(slot);
            if (lane != null && !isEmpty(lane) && !mayRead(lane, group)) {
                return false;
            }
        }
        return true;
    }

    /** A branch has nothing before its prompt is complete. */
    private static boolean isEmpty(Lane lane) {
        return lane.job().phase == Phase.PREFILLING && lane != lane.job().promptLane() && !lane.ended;
    }

    /** Whether the next token of its prompt may go alone, without an output. */
    private static boolean mayRead(Lane lane, Group group) {
        Job job = lane.job();
        return job.phase == Phase.PREFILLING
                && job.group == group
                && lane == job.promptLane()
                && !job.whole()
                && job.prefilled < job.outputsFrom;
    }

    private void bridge(int from, int to, Plan plan) {
        for (int slot = from; slot < to; slot++) {
            Lane lane = slots.lane(slot);
            if (lane == null || isEmpty(lane)) {
                plan.bridge(slot);
            } else {
                plan.prefillGap(lane.job());
            }
        }
    }
}
