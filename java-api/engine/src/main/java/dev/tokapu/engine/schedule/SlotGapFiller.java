package dev.tokapu.engine.schedule;

import java.util.Arrays;

/**
 * The part of a batch that bridges gaps between slots. With buffers of their own (a split KV cache), llama.cpp computes sequences
 * together only while their ids follow one another: what is behind a gap makes a micro-batch of its own, which reads the weights
 * again.
 *
 * <p>A prompt that waits in a gap is prefilled by one token, an empty sequence gets a token that is thrown away. A gap that is too wide, or
 * has in it what can be neither, stays.
 */
final class SlotGapFiller {

    private final SchedulerConfig config;
    private final SlotTable slots;
    private final boolean[] computed;

    SlotGapFiller(SchedulerConfig config, SlotTable slots) {
        this.config = config;
        this.slots = slots;
        this.computed = new boolean[config.sequences()];
    }

    void fill(Group group, Plan<?> plan) {
        if (config.gap() == 0 || plan.decodeEntries() == 0) {
            return;
        }
        Arrays.fill(computed, false);
        for (PlanEntry<?> entry : plan.entries()) {
            computed[entry.slot()] = true;
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

    private boolean canBridge(int from, int to, Group group, Plan<?> plan) {
        int gap = to - from;
        if (gap > config.gap() || plan.tokens() + plan.bridgedSlots().size() + gap > config.batchTokens()) {
            return false;
        }
        for (int slot = from; slot < to; slot++) {
            ScheduledSequence<?> sequence = slots.sequence(slot);
            boolean bridges = sequence == null
                    ? hasRoom(slots.kept(slot))
                    : isEmpty(sequence) || mayRead(sequence, group) || isRestored(sequence, plan);
            if (!bridges) {
                return false;
            }
        }
        return true;
    }

    /** Whether a restore into a slot began before this plan, and tokens behind it can be thrown away again. */
    private boolean isRestored(ScheduledSequence<?> sequence, Plan<?> plan) {
        return restored(sequence) > 0 && hasRoom(restored(sequence)) && !plan.restores(sequence.slot);
    }

    /** How many tokens are being restored into the slot of a sequence. */
    private static int restored(ScheduledSequence<?> sequence) {
        SavedPrefix saved = sequence.request().lookup.restored;
        if (saved == null || sequence.ended || sequence != sequence.request().promptSequence()) {
            return 0;
        }
        return saved.length();
    }

    /** Whether tokens behind what a slot keeps can be thrown away again. */
    private boolean hasRoom(int kept) {
        return kept == 0 || (config.trims() && kept + 1 + config.padding() <= config.slotTokens());
    }

    /** A branch has nothing before its prompt is complete. */
    private static boolean isEmpty(ScheduledSequence<?> sequence) {
        return sequence.request().awaitsPrompt()
                && !sequence.ended
                && sequence != sequence.request().promptSequence();
    }

    /** Whether the next token of its prompt may go alone, without an output. */
    private static boolean mayRead(ScheduledSequence<?> sequence, Group group) {
        ScheduledRequest<?> request = sequence.request();
        return request.phase == Phase.PREFILLING
                && request.group == group
                && sequence == request.promptSequence()
                && !request.whole()
                && request.prefilled < request.outputsFrom;
    }

    private void bridge(int from, int to, Plan<?> plan) {
        for (int slot = from; slot < to; slot++) {
            ScheduledSequence<?> sequence = slots.sequence(slot);
            if (sequence == null || isEmpty(sequence) || restored(sequence) > 0) {
                plan.bridge(slot, sequence == null ? slots.kept(slot) : restored(sequence));
            } else {
                plan.prefillGap(sequence.request());
            }
        }
    }
}
