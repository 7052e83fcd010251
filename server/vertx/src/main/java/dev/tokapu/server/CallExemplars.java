package dev.tokapu.server;

import dev.tokapu.server.api.CallObserver.SpanId;
import dev.tokapu.server.api.CurrentCall;
import io.prometheus.metrics.tracer.common.SpanContext;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Exemplars of a registry: what is recorded for a call names its span.
 *
 * <p>Thread safety: safe.
 */
final class CallExemplars implements SpanContext {

    private static @Nullable String of(Function<SpanId, String> part) {
        SpanId span = CurrentCall.span();
        return span == null ? null : part.apply(span);
    }

    @Override
    public @Nullable String getCurrentTraceId() {
        return of(SpanId::trace);
    }

    @Override
    public @Nullable String getCurrentSpanId() {
        return of(SpanId::span);
    }

    /** Calls whose spans are not recorded have none. */
    @Override
    public boolean isCurrentSpanSampled() {
        return CurrentCall.span() != null;
    }

    @Override
    public void markCurrentSpanAsExemplar() {}
}
