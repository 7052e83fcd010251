package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.ScheduledSequence;
import dev.tokapu.text.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * What a scheduled request stands for, as the engine's thread sees it: a {@link GenerateTask} generates, a {@link PromptTask} ends
 * with its prompt.
 *
 * <p>Thread safety: confined to the engine's thread, but for what does not change.
 */
interface EngineTask {

    /** The scheduler's view of it; does not change. */
    ScheduledRequest scheduled();

    /** When it was submitted; does not change. */
    long submitted();

    /** Why it ends when its time is over; does not change. */
    default FinishReason lateReason() {
        return FinishReason.DEADLINE;
    }

    /** A token of the prompt. */
    int promptToken(int position);

    /** Whether the step makes an output for a token of the prompt. */
    boolean hasOutput(int position);

    /** It got its slots. */
    void admitted(Context context, long now);

    /** Ends what has not ended; the sequences are the scheduler's to free. */
    void end(@Nullable FinishReason reason, @Nullable Throwable failure);

    /** Ends one answer. */
    void end(ScheduledSequence sequence, @Nullable FinishReason reason, @Nullable Throwable failure);

    /** Whether all has ended. */
    boolean isEnded();

    /** Frees what those of its answers held that ended, while their sequences are still their own. Idempotent. */
    void free(Context context);

    /** Frees what it holds together with the context, after its end. Idempotent. */
    void abandon();

    /** The task of a scheduled request. */
    static EngineTask of(ScheduledRequest scheduled) {
        return of(scheduled, EngineTask.class);
    }

    /** The task of a scheduled request, of a known kind. */
    static <W extends EngineTask> W of(ScheduledRequest scheduled, Class<W> kind) {
        Object tag = scheduled.tag();
        if (tag == null || !kind.isInstance(tag)) {
            throw new IllegalStateException("job " + scheduled.id() + " carries no " + kind.getSimpleName());
        }
        return kind.cast(tag);
    }
}
