package dev.tokapu.server.api;

import org.jspecify.annotations.Nullable;

/**
 * Is shown calls: each at its end, for a log, and from its arrival on where it is to have a span. It does not wait.
 *
 * <p>Thread safety: implementations must be safe; calls come from several threads.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface CallObserver {

    /**
     * A call has ended.
     *
     * @param call what is kept of it
     */
    void ended(FinishedCall call);

    /**
     * A call has arrived.
     *
     * @param call what is known of it
     * @return what is told of this call alone; unless overridden, this observer
     */
    default CallObserver arrived(ArrivedCall call) {
        return this;
    }

    /** {@return the span of the call, which exemplars of metrics name; null where it is not recorded} */
    default @Nullable SpanId span() {
        return null;
    }

    /** {@return both as one; the span is that of the first that has one} */
    default CallObserver andThen(CallObserver other) {
        return new CallObservers(this, other);
    }

    /**
     * What names a span of OpenTelemetry.
     *
     * @param trace the trace, 32 hexadecimal digits
     * @param span the span within it, 16 hexadecimal digits
     * @since 0.1
     */
    record SpanId(String trace, String span) {}
}
