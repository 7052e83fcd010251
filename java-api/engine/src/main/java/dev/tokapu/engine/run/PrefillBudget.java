package dev.tokapu.engine.run;

import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.Scheduler;

/**
 * Says how many prompt tokens the next step may have: beside answers what {@link ChunkSizeController} finds, without them as many as are
 * computed before the next deadline. Where a micro-batch more costs much, prompts wait a little for others.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class PrefillBudget {

    private final int most;
    private final boolean gathers;
    private final ChunkSizeController chunkSizes;
    private final DeadlinePrefillLimit deadlineLimit = new DeadlinePrefillLimit();
    private final PendingPrefills pending = new PendingPrefills();

    PrefillBudget(EngineConfig config) {
        this.most = config.maxPrefillTokens();
        this.gathers = config.gathersPrompts();
        this.chunkSizes = config.chunkSizes();
    }

    /** A prompt is to be prefilled. */
    void admit(ScheduledRequest<?> request, long now) {
        pending.admit(request, now);
    }

    /** For the next step. */
    int tokens(long now, Scheduler<?> scheduler) {
        int left = pending.tokens(most);
        int limit = most;
        if (scheduler.decoding() == 0) {
            long deadline = scheduler.nextDeadline();
            limit = deadlineLimit.tokens(most, deadline == Long.MAX_VALUE ? deadline : deadline - now);
        }
        int tokens = chunkSizes.promptTokens(scheduler.decoding(), pending.requests(), left, limit);
        if (!gathers || tokens == 0 || scheduler.decoding() == 0 || !pending.areUnread()) {
            return tokens;
        }
        if (isWorthWaiting(now, left, scheduler.decoding())) {
            return 0;
        }
        return pending.requests() == 1 ? tokens : chunkSizes.together(tokens, left, most);
    }

    /** Whether the prompts wait for another one; not where one like them would no longer fit. */
    private boolean isWorthWaiting(long now, int left, int decoding) {
        return left + left / pending.requests() <= most
                && chunkSizes.isWorthWaiting(decoding, left, most, pending.waiting(now), pending.longest(now));
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
