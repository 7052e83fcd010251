package dev.tokapu.engine.schedule;

import java.util.List;
import java.util.SplittableRandom;

/** Readers of a {@link PrefixWorld} that are too slow now and then: their answers are paused. */
final class PrefixPauses {

    private final SplittableRandom random;
    private final Scheduler<SimulatedAnswers> scheduler;
    private final double chance;

    PrefixPauses(SplittableRandom random, Scheduler<SimulatedAnswers> scheduler) {
        this.random = random;
        this.scheduler = scheduler;
        this.chance = random.nextInt(3) * 0.02;
    }

    /** Of an answer that is paused, the chance to go on is the larger one. */
    void change(List<SimulatedAnswers> live) {
        for (SimulatedAnswers simulated : live) {
            for (int branch = 0; chance > 0 && branch < simulated.request.branches(); branch++) {
                boolean paused = simulated.request.sequence(branch).paused;
                if (random.nextDouble() < (paused ? 2 * chance : chance)) {
                    scheduler.pause(simulated.request.id(), branch, !paused);
                }
            }
        }
    }

    /** All go on. */
    void end(List<SimulatedAnswers> live) {
        for (SimulatedAnswers simulated : live) {
            for (int branch = 0; branch < simulated.request.branches(); branch++) {
                scheduler.pause(simulated.request.id(), branch, false);
            }
        }
    }
}
