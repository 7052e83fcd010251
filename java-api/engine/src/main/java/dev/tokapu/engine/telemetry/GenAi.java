package dev.tokapu.engine.telemetry;

import dev.tokapu.engine.RequestTimings;
import dev.tokapu.text.Usage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What the spans of requests say, by OpenTelemetry's conventions for generative models, and by vLLM's names where those have none.
 *
 * <p>Thread safety: safe; constants and functions.
 *
 * @since 0.1
 */
@SuppressWarnings("exports") // who uses it requires OpenTelemetry anyway, who does not must not have to
public final class GenAi {

    /** Of {@link #PROVIDER_NAME}. */
    public static final String PROVIDER = "tokapu";

    /** What is asked for. */
    public static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("gen_ai.operation.name");

    /** Who computes it. */
    public static final AttributeKey<String> PROVIDER_NAME = AttributeKey.stringKey("gen_ai.provider.name");

    /** The model that is asked. */
    public static final AttributeKey<String> REQUEST_MODEL = AttributeKey.stringKey("gen_ai.request.model");

    /** The model that computes it. */
    public static final AttributeKey<String> RESPONSE_MODEL = AttributeKey.stringKey("gen_ai.response.model");

    /** Why answers ended, in their order. */
    public static final AttributeKey<List<String>> FINISH_REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");

    /** What went wrong. */
    public static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    private static final double NANOS = 1e9;

    private GenAi() {}

    /** Adds tokens to a span. */
    public static void describe(Span span, Usage usage) {
        span.setAttribute("gen_ai.usage.input_tokens", usage.promptTokens())
                .setAttribute("gen_ai.usage.output_tokens", usage.generatedTokens())
                .setAttribute("gen_ai.usage.cache_read.input_tokens", usage.cachedTokens());
        if (usage.reasoningTokens() > 0) {
            span.setAttribute("gen_ai.usage.reasoning.output_tokens", usage.reasoningTokens());
        }
    }

    /**
     * Adds to a span where its time went, as attributes and as spans within it.
     *
     * @param tracer makes these
     * @param context the one in which the span is the current one
     * @param preparation from its start until the engine had the request
     * @param timings of its longest answer
     * @param ended when that ended
     */
    public static void describe(
            Tracer tracer, Context context, Duration preparation, RequestTimings timings, Instant ended) {
        Span span = Span.fromContext(context);
        add(span, "tokapu.latency.preparation", preparation);
        add(span, "gen_ai.latency.time_in_queue", timings.queue());
        add(span, "gen_ai.latency.time_in_model_prefill", timings.prefill());
        if (!timings.firstToken().isZero()) {
            add(span, "gen_ai.latency.time_to_first_token", timings.firstToken());
            add(span, "gen_ai.latency.time_in_model_decode", timings.total().minus(timings.firstToken()));
        }
        phases(tracer, context, timings, ended);
    }

    /** Makes spans of where the time of a request went, within the current one of a context. */
    static void phases(Tracer tracer, Context context, RequestTimings timings, Instant ended) {
        Instant submitted = ended.minus(timings.total());
        Instant admitted = timings.queue().isZero() ? ended : submitted.plus(timings.queue());
        phase(tracer, context, "queue", submitted, admitted);
        if (!timings.queue().isZero()) {
            boolean computed = !timings.prefill().isZero();
            Instant prefilled = computed ? admitted.plus(timings.prefill()) : ended;
            phase(tracer, context, "prefill", admitted, prefilled);
            if (computed && !timings.firstToken().isZero()) {
                phase(tracer, context, "decode", prefilled, ended);
            }
        }
    }

    private static void add(Span span, String name, Duration duration) {
        if (!duration.isZero()) { // else it has not happened
            span.setAttribute(name, seconds(duration));
        }
    }

    private static void phase(Tracer tracer, Context context, String name, Instant start, Instant end) {
        tracer.spanBuilder(name)
                .setParent(context)
                .setStartTimestamp(start)
                .startSpan()
                .end(end);
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / NANOS;
    }
}
