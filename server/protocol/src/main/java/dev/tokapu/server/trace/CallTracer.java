package dev.tokapu.server.trace;

import dev.tokapu.engine.telemetry.GenAi;
import dev.tokapu.server.api.ArrivedCall;
import dev.tokapu.server.api.CallObserver;
import dev.tokapu.server.api.FinishedCall;
import dev.tokapu.server.api.TraceContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Set;

/**
 * Records an OpenTelemetry span for each call. OpenTelemetry's API is an optional dependency: an application that uses this class adds it.
 *
 * <pre>{@code
 * ServerOptions.builder().callObserver(new CallTracer(openTelemetry).andThen(Service::access)).build();
 * }</pre>
 *
 * <p>A span is part of the trace that {@code traceparent} names, and has spans within it for waiting, prefill and decoding. Names are those of OpenTelemetry's
 * conventions for HTTP and for generative models, as {@link GenAi} has them; docs/server.md lists them. Neither prompts nor answers are in them. What
 * probes and the page ask over and over, such as /ready and /metrics, has no span.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
@SuppressWarnings("exports") // who uses it requires OpenTelemetry anyway, who does not must not have to
public final class CallTracer implements CallObserver {

    private static final Set<String> UNTRACED =
            Set.of("/live", "/ready", "/health", "/v1/health", "/metrics", "/tokapu/engine");
    private static final TextMapGetter<TraceContext> HEADERS =
            (context, name) -> context == null ? null : context.headers().get(name);

    private final Tracer tracer;

    /**
     * Creates one.
     *
     * @param openTelemetry where its spans go
     */
    public CallTracer(OpenTelemetry openTelemetry) {
        tracer = openTelemetry.getTracer("dev.tokapu.server");
    }

    /** Of a call without a span. */
    @Override
    public void ended(FinishedCall call) {}

    @Override
    public CallObserver arrived(ArrivedCall call) {
        if (UNTRACED.contains(call.route())) {
            return this;
        }
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), call.trace(), HEADERS);
        boolean known = !call.route().isEmpty();
        SpanBuilder span = tracer.spanBuilder(known ? call.method() + ' ' + call.route() : call.method())
                .setSpanKind(SpanKind.SERVER)
                .setParent(parent)
                .setStartTimestamp(call.time())
                .setAttribute("http.request.method", call.method())
                .setAttribute("url.path", call.path())
                .setAttribute("tokapu.request.id", call.id());
        if (known) {
            span.setAttribute("http.route", call.route());
        }
        return new CallSpan(tracer, parent.with(span.startSpan()), call.time());
    }
}
