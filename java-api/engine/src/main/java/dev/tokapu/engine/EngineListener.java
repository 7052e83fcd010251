package dev.tokapu.engine;

import java.time.Duration;

/**
 * Is told what happens in an {@link Engine}, on threads of its own: it may be slow, and what it throws is logged.
 *
 * <p>Thread safety: implementations must be safe; calls come from several threads.
 *
 * @since 0.1
 */
public interface EngineListener {

    /** Does nothing. */
    EngineListener NONE = new EngineListener() {};

    /**
     * An answer, a score or an embedding ended, for whatever reason.
     *
     * @param request what there is to say of it
     */
    default void finished(FinishedRequest request) {}

    /**
     * A step takes longer than {@link EngineOptions#watchdog()}: the device may hang. Called once for a step.
     *
     * @param since how long it has taken so far
     * @param stack where the engine's thread is
     */
    default void hanging(Duration since, StackTraceElement[] stack) {}

    /**
     * One of several replicas failed and serves nothing more; the engine goes on with the others.
     *
     * @param replica its number, as in {@link EngineReplica#index()}
     * @param cause why
     */
    default void replicaFailed(int replica, Throwable cause) {}

    /**
     * The engine failed and serves nothing more; of several replicas, the last one did.
     *
     * @param cause why
     */
    default void failed(Throwable cause) {}
}
