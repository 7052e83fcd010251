package dev.tokapu.server.trace;

import dev.tokapu.engine.RequestTimings;
import dev.tokapu.server.api.CallWork;
import dev.tokapu.server.api.FinishedCall;
import dev.tokapu.server.api.TraceContext;
import dev.tokapu.server.problem.Problem;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Records an OpenTelemetry span for each call, when the call has ended. OpenTelemetry's API is an optional dependency: an application that uses
 * this class adds it.
 *
 * <pre>{@code
 * ServerOptions.builder().callLog(new CallTracer(openTelemetry).andThen(Service::access)).build();
 * }</pre>
 *
 * <p>A span is part of the trace that {@code traceparent} names. Names are those of OpenTelemetry's conventions for HTTP and for generative
 * models, and for phases those of vLLM; docs/server.md lists them. Neither prompts nor answers are in them. What probes and the page ask over
 * and over, such as /ready and /metrics, has no span.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
@SuppressWarnings("exports") // who uses it requires OpenTelemetry anyway, who does not must not have to
public final class CallTracer implements Consumer<FinishedCall> {

    private static final Set<String> UNTRACED =
            Set.of("/live", "/ready", "/health", "/v1/health", "/metrics", "/tokapu/engine");
    private static final AttributeKey<List<String>> FINISH_REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");
    private static final TextMapGetter<TraceContext> HEADERS =
            (context, name) -> context == null ? null : context.headers().get(name);
    private static final int SERVER_ERROR = 500;
    private static final double NANOS = 1e9;

    private final Tracer tracer;

    /**
     * Creates one.
     *
     * @param openTelemetry where its spans go
     */
    public CallTracer(OpenTelemetry openTelemetry) {
        tracer = openTelemetry.getTracer("dev.tokapu.server");
    }

    @Override
    public void accept(FinishedCall call) {
        if (UNTRACED.contains(call.route())) {
            return;
        }
        Instant start = call.time().minus(call.duration());
        SpanBuilder builder = tracer.spanBuilder(name(call))
                .setSpanKind(SpanKind.SERVER)
                .setParent(W3CTraceContextPropagator.getInstance().extract(Context.root(), call.trace(), HEADERS))
                .setStartTimestamp(start);
        describe(call, builder);
        CallWork work = call.work();
        if (work.operation() != null) {
            describe(call, work, work.operation(), builder);
        }
        Span span = builder.startSpan();
        Problem problem = work.problem();
        if (call.status() >= SERVER_ERROR || (problem != null && problem.kind().status() >= SERVER_ERROR)) {
            span.setStatus(StatusCode.ERROR); // without the message, which may quote the request
        }
        span.end(call.time());
    }

    private static String name(FinishedCall call) {
        String operation = call.work().operation();
        if (operation != null) {
            return call.model() == null ? operation : operation + ' ' + call.model();
        }
        return call.route().isEmpty() ? call.method() : call.method() + ' ' + call.route();
    }

    private static void describe(FinishedCall call, SpanBuilder span) {
        span.setAttribute("http.request.method", call.method())
                .setAttribute("url.path", call.path())
                .setAttribute("http.response.status_code", call.status())
                .setAttribute("client.address", call.remoteAddress().replaceFirst(":\\d+$", ""))
                .setAttribute("tokapu.request.id", call.id())
                .setAttribute("tokapu.tenant", call.caller().tenant());
        if (!call.route().isEmpty()) {
            span.setAttribute("http.route", call.route());
        }
        Problem problem = call.work().problem();
        if (problem != null) {
            String code = problem.code();
            span.setAttribute("error.type", code == null ? problem.kind().name().toLowerCase(Locale.ROOT) : code);
        } else if (call.gone()) {
            span.setAttribute("error.type", "cancelled");
        }
    }

    private static void describe(FinishedCall call, CallWork work, String operation, SpanBuilder span) {
        span.setAttribute("gen_ai.operation.name", operation)
                .setAttribute("gen_ai.provider.name", "tokapu")
                .setAttribute("gen_ai.request.stream", work.streamed())
                .setAttribute("gen_ai.usage.input_tokens", call.usage().promptTokens())
                .setAttribute("gen_ai.usage.output_tokens", call.usage().generatedTokens())
                .setAttribute(
                        "gen_ai.usage.cache_read.input_tokens", call.usage().cachedTokens())
                .setAttribute(
                        "gen_ai.usage.reasoning.output_tokens", call.usage().reasoningTokens());
        if (call.model() != null) {
            span.setAttribute("gen_ai.request.model", work.model() == null ? call.model() : work.model());
            span.setAttribute("gen_ai.response.model", call.model());
        }
        if (work.responseId() != null) {
            span.setAttribute("gen_ai.response.id", work.responseId());
        }
        RequestTimings timings = work.timings();
        if (timings != null) {
            span.setAttribute(FINISH_REASONS, work.finishReasons());
            describe(work, timings, span);
        }
    }

    private static void describe(CallWork work, RequestTimings timings, SpanBuilder span) {
        span.setAttribute("tokapu.latency.preparation", seconds(work.preparation()))
                .setAttribute("gen_ai.latency.time_in_queue", seconds(timings.queue()))
                .setAttribute("gen_ai.latency.time_in_model_prefill", seconds(timings.prefill()));
        if (!timings.firstToken().isZero()) {
            span.setAttribute("gen_ai.latency.time_to_first_token", seconds(timings.firstToken()))
                    .setAttribute(
                            "gen_ai.latency.time_in_model_decode",
                            seconds(timings.total().minus(timings.firstToken())));
        }
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / NANOS;
    }
}
