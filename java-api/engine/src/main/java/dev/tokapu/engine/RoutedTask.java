package dev.tokapu.engine;

import dev.tokapu.engine.run.EngineTask;
import org.jspecify.annotations.Nullable;

/**
 * A task that another replica than its first may compute.
 *
 * <p>Thread safety: as {@link EngineTask}, but for what is here.
 */
interface RoutedTask extends EngineTask {

    /** Where it is computed; null for what stays there. */
    @Nullable
    Ticket ticket();

    /** The request as observers see it. */
    ObservedRequest observed();

    /** The same request as a task of another replica. From now on readers get what that computes, and nothing of this one. */
    RoutedTask movedTo(Ticket ticket);

    /** The other replica has it: what was asked for meanwhile is asked of that one. */
    void movedOn();

    /** Any thread: it cannot be computed. */
    void fail(Throwable failure);
}
