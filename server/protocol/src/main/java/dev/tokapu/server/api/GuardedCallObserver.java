package dev.tokapu.server.api;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An observer whose failures leave no call without an answer.
 *
 * <p>Thread safety: as the observer.
 *
 * @param observer the observer
 */
record GuardedCallObserver(CallObserver observer) implements CallObserver {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.server.Server");

    @Override
    public CallObserver arrived(ArrivedCall call) {
        try {
            return new GuardedCallObserver(observer.arrived(call));
        } catch (Throwable e) { // one in Kotlin may throw anything
            LOG.warn("An observer of calls failed", e);
            return this;
        }
    }

    @Override
    public void ended(FinishedCall call) {
        try {
            observer.ended(call);
        } catch (Throwable e) { // one in Kotlin may throw anything
            LOG.warn("An observer of calls failed", e);
        }
    }

    @Override
    public @Nullable SpanId span() {
        return observer.span();
    }
}
