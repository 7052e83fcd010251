package dev.tokapu.engine.telemetry;

import dev.tokapu.engine.FinishedRequest;
import dev.tokapu.engine.RequestObserver;
import dev.tokapu.engine.SubmittedRequest;
import dev.tokapu.text.GenerationOptions;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * Begins a span for each request of an engine, unless it has one.
 *
 * <p>Thread safety: safe.
 *
 * @param model its name
 * @param more attributes of all spans and metrics
 * @param described whether the current span is that of the request that is being submitted
 * @param onEnd run when the engine ends
 */
record RequestTelemetry(
        Tracer tracer, RequestMetrics metrics, String model, Attributes more, BooleanSupplier described, Runnable onEnd)
        implements RequestObserver {

    private static final String REQUEST = "gen_ai.request.";

    /** Of a request that was submitted before there was anybody to begin its span. */
    @Override
    public void finished(FinishedRequest request) {}

    @Override
    public RequestObserver submitting(SubmittedRequest request) {
        String operation = request.operation().tag();
        Attributes common = more.toBuilder()
                .put(GenAi.OPERATION_NAME, operation)
                .put(GenAi.PROVIDER_NAME, GenAi.PROVIDER)
                .put(GenAi.REQUEST_MODEL, model)
                .build();
        if (described.getAsBoolean()) {
            return new RequestPhases(this, common, Context.current(), request.answers());
        }
        Instant now = Instant.now();
        SpanBuilder span = tracer.spanBuilder(operation + ' ' + model)
                .setSpanKind(SpanKind.INTERNAL) // the model runs in this process
                .setStartTimestamp(now)
                .setAllAttributes(common);
        if (!request.scheduling().tenant().isEmpty()) {
            span.setAttribute("tokapu.tenant", request.scheduling().tenant());
        }
        if (request.answers() > 1) {
            span.setAttribute(REQUEST + "choice.count", request.answers());
        }
        GenerationOptions generation = request.generation();
        if (generation != null) {
            describe(generation, span);
        }
        return new RequestSpan(this, common, Context.current().with(span.startSpan()), now, request.answers());
    }

    @Override
    public void engineEnded() {
        onEnd.run();
    }

    private static void describe(GenerationOptions options, SpanBuilder span) {
        if (options.maxTokens() < Integer.MAX_VALUE) {
            span.setAttribute(REQUEST + "max_tokens", options.maxTokens());
        }
        options.temperature().ifPresent(value -> span.setAttribute(REQUEST + "temperature", value));
        options.topP().ifPresent(value -> span.setAttribute(REQUEST + "top_p", value));
        options.topK().ifPresent(value -> span.setAttribute(REQUEST + "top_k", value));
        options.seed().ifPresent(value -> span.setAttribute(REQUEST + "seed", value));
    }
}
