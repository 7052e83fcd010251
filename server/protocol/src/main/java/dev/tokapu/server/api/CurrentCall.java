package dev.tokapu.server.api;

import dev.tokapu.engine.FinishedRequest;
import dev.tokapu.engine.RequestObserver;
import dev.tokapu.engine.SubmittedRequest;
import org.jspecify.annotations.Nullable;

/**
 * Knows the call that a thread works for. As an observer of an engine it takes that along to the ends of what the thread submits.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class CurrentCall implements RequestObserver {

    private static final ThreadLocal<@Nullable CallObserver> CURRENT = new ThreadLocal<>();

    /** Creates one, for an engine. */
    public CurrentCall() {}

    /** Works for a call. */
    static void run(CallObserver observer, Runnable task) {
        CallObserver before = CURRENT.get();
        CURRENT.set(observer);
        try {
            task.run();
        } finally {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
        }
    }

    /** {@return the span of the call that this thread works for; null where there is no call, or no span of it} */
    public static CallObserver.@Nullable SpanId span() {
        CallObserver observer = CURRENT.get();
        return observer == null ? null : observer.span();
    }

    @Override
    public void finished(FinishedRequest request) {}

    @Override
    public RequestObserver submitting(SubmittedRequest request) {
        CallObserver observer = CURRENT.get();
        return observer == null ? this : new OfCall(observer);
    }

    private record OfCall(CallObserver observer) implements RequestObserver {

        @Override
        public void finished(FinishedRequest request) {}

        @Override
        public void within(Runnable task) {
            run(observer, task);
        }
    }
}
