package dev.tokapu.engine.run;

import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.Scheduler;

/**
 * Says how many prompt tokens the next step may have: beside answers what {@link ChunkSizeController} finds, without them as many as are
 * computed before the next deadline.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class PrefillBudget {

    private final int most;
    private final ChunkSizeController chunkSizes;
    private final DeadlinePrefillLimit deadlineLimit = new DeadlinePrefillLimit();
    private final PendingPrefills pending = new PendingPrefills();

    PrefillBudget(EngineConfig config) {
        this.most = config.maxPrefillTokens();
        this.chunkSizes = config.chunkSizes();
    }

    /** A prompt is to be prefilled. */
    void admit(ScheduledRequest<?> request) {
        pending.admit(request);
    }

    /** Whether prompts want a part of the next step. */
    boolean isPrefilling() {
        return pending.isAnyLeft();
    }

    /** For the next step. */
    int tokens(long now, Scheduler<?> scheduler) {
        int left = pending.tokens(most);
        int limit = most;
        if (scheduler.decoding() == 0) {
            long deadline = scheduler.nextDeadline();
            limit = deadlineLimit.tokens(most, deadline == Long.MAX_VALUE ? deadline : deadline - now);
        }
        return chunkSizes.promptTokens(scheduler.decoding(), pending.requests(), left, limit);
    }

    /** What a prompt token adds to a step, in nanoseconds; 0 as long as that is not known. */
    double tokenNanos() {
        return chunkSizes.tokenNanos();
    }

    /** A step was computed. */
    void computed(int generating, int prompt, int gapTokens, StepTimings timings) {
        chunkSizes.computed(generating, prompt - gapTokens, timings.decode() + timings.sample());
        if (generating == 0) {
            deadlineLimit.computed(prompt, timings.decode());
        }
    }
}
