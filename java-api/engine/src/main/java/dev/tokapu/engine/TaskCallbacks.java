package dev.tokapu.engine;

import dev.tokapu.engine.run.EngineTask;

/**
 * What requests need of the replica that computes them.
 *
 * <p>Thread safety: safe.
 */
interface TaskCallbacks {

    /** Ends an answer, or all of its request when it is the only one. */
    void cancel(EngineTask task, int branch);

    /** Has nothing more of an answer computed, or lets it go on. */
    void pause(EngineTask task, int branch, boolean paused);

    /** Once, when a task stops waiting: whether it is still this replica's. Until then another one may get it. */
    boolean claim(RoutedTask task);

    /** A claimed task failed of which nothing was delivered: whether another replica computes it now. */
    boolean moveOn(RoutedTask task, boolean admitted);

    /** Once for an answer, a score or an embedding: it ended, and nobody can see it yet. On any thread. */
    void ended(RoutedTask task, FinishedRequest request);
}
