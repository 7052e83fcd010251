package dev.tokapu.engine;

import dev.tokapu.engine.run.EngineTask;

/**
 * What requests need of their engine.
 *
 * <p>Thread safety: safe.
 */
interface TaskCallbacks {

    /** Ends an answer, or all of its request when it is the only one. */
    void cancel(EngineTask task, int branch);

    /** Has nothing more of an answer computed, or lets it go on. */
    void pause(EngineTask task, int branch, boolean paused);

    /** Once for an answer, a score or an embedding: it ended, and nobody can see it yet. On any thread. */
    void ended(FinishedRequest request);
}
