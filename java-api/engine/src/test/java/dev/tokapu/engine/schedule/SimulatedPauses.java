package dev.tokapu.engine.schedule;

import dev.tokapu.engine.schedule.SimulatedRequest.SimulatedSequence;
import java.util.List;
import java.util.SplittableRandom;

/** Readers that are too slow now and then: their answers are paused, at any moment of their lives. */
final class SimulatedPauses {

    private final SplittableRandom random;
    private final Scheduler<SimulatedRequest> scheduler;
    private final double chance;

    SimulatedPauses(SplittableRandom random, Scheduler<SimulatedRequest> scheduler) {
        this.random = random;
        this.scheduler = scheduler;
        this.chance = random.nextInt(3) == 0 ? 0.1 : 0;
    }

    void change(List<SimulatedRequest> live) {
        if (chance > 0) {
            set(live, chance);
            scheduler.pause(-1, 0, true);
        }
    }

    /** All go on. */
    void end(List<SimulatedRequest> live) {
        set(live, 0);
    }

    private void set(List<SimulatedRequest> live, double pauses) {
        for (SimulatedRequest request : live) {
            for (int branch = 0; branch < request.sequences.length; branch++) {
                SimulatedSequence sequence = request.sequences[branch];
                sequence.paused = pauses > 0 && random.nextDouble() < pauses != sequence.paused;
                scheduler.pause(request.request.id(), branch, sequence.paused);
            }
        }
    }
}
