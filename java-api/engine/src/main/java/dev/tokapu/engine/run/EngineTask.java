package dev.tokapu.engine.run;

import dev.tokapu.Context;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.text.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * What a request is scheduled for, as the engine's thread sees it: one kind generates, another one ends with its prompt.
 *
 * <p>Thread safety: confined to the engine's thread, but for what does not change.
 */
public interface EngineTask {

    /** The scheduler's view of it; does not change. */
    ScheduledRequest<EngineTask> scheduled();

    /** Why it ends when its time is over; does not change. */
    FinishReason lateReason();

    /** A token of the prompt. */
    int promptToken(int position);

    /** Whether the step makes an output for a token of the prompt. */
    boolean hasOutput(int position);

    /** It got its slots. */
    void admitted(Context context, long now);

    /** Tokens of its prompt were computed, up to a position. */
    void prefilled(int end, long now);

    /** Its sequence was taken from it; it is admitted again. */
    void preempted(Context context);

    /** One of its answers, unless it ends with its prompt. */
    ActiveSequence sequence(int branch);

    /** Part of a prompt alone was computed: takes what is needed out of the context. With the last part it ends. */
    void computed(Context context, PlanEntry<EngineTask> entry, StepBatch batch);

    /** Ends what has not ended; the sequences are the scheduler's to free. */
    void end(@Nullable FinishReason reason, @Nullable Throwable failure);

    /** Ends one answer. */
    void end(int branch, @Nullable FinishReason reason, @Nullable Throwable failure);

    /** Whether all has ended. */
    boolean isEnded();

    /** Frees what those of its answers held that ended, while their sequences are still their own. Idempotent. */
    void free(Context context);

    /** Frees what it holds together with the context, after its end. Idempotent. */
    void abandon();
}
