package dev.tokapu.engine;

/**
 * Is told of the requests of an {@link Engine}, and can take what belongs to the submitting thread, such as a trace, along to their ends. What it
 * throws is logged.
 *
 * <p>Thread safety: implementations must be safe; calls come from several threads.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface RequestObserver {

    /**
     * An answer, a score or an embedding ended, for whatever reason; each answer of a request does. Called on a thread for listeners: it may be slow.
     *
     * @param request what there is to say of it
     */
    void finished(FinishedRequest request);

    /**
     * A request is being submitted. Called by the submitting thread before anything is done with it, so that it must be quick.
     *
     * @param request what is asked for
     * @return what is told of this request alone; unless overridden, this observer
     */
    default RequestObserver submitting(SubmittedRequest request) {
        return this;
    }

    /**
     * The request was not taken. Called by the submitting thread; parts of it that had been taken are cancelled.
     *
     * @param failure what the submitting thread gets
     */
    default void refused(Throwable failure) {}

    /**
     * The engine ended: it was closed or has failed, and takes no more requests. Called once, on a thread for listeners; ends of its last requests may be
     * told later.
     */
    default void engineEnded() {}

    /**
     * Runs a task in the context of the request. The listener and all observers are told of its end within it.
     *
     * @param task what is to be run, once and before this returns
     */
    default void within(Runnable task) {
        task.run();
    }
}
