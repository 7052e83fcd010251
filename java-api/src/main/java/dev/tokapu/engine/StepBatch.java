package dev.tokapu.engine;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.internal.schedule.Lane;
import dev.tokapu.internal.schedule.Plan;
import java.util.Arrays;

/**
 * The tokens of a step.
 *
 * <p>With a split KV cache llama.cpp computes as many tokens of each sequence together as all of them have, as long as the ids of
 * sequences follow one another in the batch. So the first token of each entry comes first, in the order of the sequences, and what
 * prompts and guesses have beyond that behind them: what generates is one micro-batch, and outputs are computed in the order of the batch
 * (others are sorted by llama.cpp, row by row).
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class StepBatch {

    private static final int NONE = -1;
    private static final int BRIDGE = -2;
    private static final int BRIDGE_TOKEN = 0; // any

    private final Batch batch;
    private final boolean split;
    private final int[] entryOf; // by slot
    private final int[] firstRow; // by entry
    private final int[] restRow; // by entry, of the second token
    private int drafted;

    StepBatch(int capacity, int maxSequences, boolean split) {
        this.batch = new Batch(capacity);
        this.split = split;
        this.entryOf = new int[maxSequences];
        this.firstRow = new int[maxSequences];
        this.restRow = new int[maxSequences];
    }

    Batch batch() {
        return batch;
    }

    /** How many of its tokens were guessed. */
    int drafted() {
        return drafted;
    }

    /** Fills it as a plan says. */
    void fill(Plan plan) {
        batch.clear();
        drafted = 0;
        if (split) {
            fillInOrderOfSlots(plan);
            return;
        }
        for (int entry = 0; entry < plan.entries(); entry++) {
            addFirst(plan, entry);
            addRest(plan, entry);
        }
    }

    private void fillInOrderOfSlots(Plan plan) {
        Arrays.fill(entryOf, NONE);
        for (int entry = 0; entry < plan.entries(); entry++) {
            entryOf[plan.lane(entry).slot()] = entry;
        }
        for (int i = 0; i < plan.bridges(); i++) {
            entryOf[plan.bridgedSlot(i)] = BRIDGE;
        }
        for (int slot = 0; slot < entryOf.length; slot++) {
            if (entryOf[slot] >= 0) {
                addFirst(plan, entryOf[slot]);
            } else if (entryOf[slot] == BRIDGE) {
                batch.add(BRIDGE_TOKEN, 0, slot, false);
            }
        }
        for (int entry : entryOf) {
            if (entry >= 0) {
                addRest(plan, entry);
            }
        }
    }

    private void addFirst(Plan plan, int entry) {
        firstRow[entry] = batch.size();
        add(plan, entry, 0);
    }

    private void addRest(Plan plan, int entry) {
        restRow[entry] = batch.size();
        for (int i = 1; i < plan.count(entry); i++) {
            add(plan, entry, i);
        }
    }

    private void add(Plan plan, int entry, int i) {
        Lane lane = plan.lane(entry);
        int position = plan.from(entry) + i;
        if (plan.isPrefill(entry)) {
            Work work = Work.of(lane.job());
            batch.add(work.promptToken(position), position, lane.slot(), work.hasOutput(position));
        } else {
            Answering answering = Submission.of(lane.job()).answer(lane.branch());
            batch.add(i == 0 ? answering.last() : answering.guess(i - 1), position, lane.slot(), true);
            drafted += i == 0 ? 0 : 1;
        }
    }

    /** The index in the batch of a token of an entry. */
    int row(int entry, int i) {
        return i == 0 ? firstRow[entry] : restRow[entry] + i - 1;
    }

    /** Takes back out of the context what only bridged gaps. */
    static void removeBridges(Plan plan, Context context) {
        for (int i = 0; i < plan.bridges(); i++) {
            context.kvCache().remove(plan.bridgedSlot(i), -1, -1);
        }
    }
}
