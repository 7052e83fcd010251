package dev.tokapu.engine;

import dev.tokapu.Batch;
import dev.tokapu.internal.schedule.Lane;
import dev.tokapu.internal.schedule.Plan;

/**
 * The tokens of a step.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class StepBatch {

    private final Batch batch;

    StepBatch(int capacity) {
        batch = new Batch(capacity);
    }

    Batch batch() {
        return batch;
    }

    /** Fills it as a plan says; its entries follow one another. */
    void fill(Plan plan) {
        batch.clear();
        for (int i = 0; i < plan.entries(); i++) {
            Lane lane = plan.lane(i);
            int from = plan.from(i);
            if (!plan.isPrefill(i)) {
                batch.add(Submission.of(lane.job()).answer(lane.branch()).last(), from, lane.slot(), true);
                continue;
            }
            Work work = Work.of(lane.job());
            for (int position = from; position < from + plan.count(i); position++) {
                batch.add(work.promptToken(position), position, lane.slot(), work.hasOutput(position));
            }
        }
    }
}
