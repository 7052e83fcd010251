package dev.tokapu.engine.telemetry;

import dev.tokapu.engine.FinishedRequest;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.Usage;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The span of a request, which ends with the last of its answers.
 *
 * <p>Thread safety: safe.
 */
final class RequestSpan extends RequestPhases {

    private final Span span;
    private final Instant start;

    /** {@code context} is the one in which the span is the current one. */
    RequestSpan(RequestTelemetry telemetry, Attributes common, Context context, Instant start, int answers) {
        super(telemetry, common, context, answers);
        this.span = Span.fromContext(context);
        this.start = start;
    }

    @Override
    void end(List<FinishedRequest> all, FinishedRequest longest) {
        Usage usage = usage(all);
        span.setAttribute(GenAi.RESPONSE_MODEL, telemetry.model());
        GenAi.describe(span, usage);
        List<String> reasons = reasons(all);
        if (!reasons.isEmpty()) {
            span.setAttribute(GenAi.FINISH_REASONS, reasons);
        }
        Instant submitted = longest.ended().minus(longest.timings().total());
        Duration preparation = submitted.isBefore(start) ? Duration.ZERO : Duration.between(start, submitted);
        GenAi.describe(telemetry.tracer(), context, preparation, longest.timings(), longest.ended());
        String error = all.stream()
                .filter(one -> one.errorType() != null)
                .map(FinishedRequest::errorType)
                .findFirst()
                .orElse(null);
        boolean failed = all.stream()
                .map(FinishedRequest::outcome)
                .anyMatch(one -> one == FinishedRequest.Outcome.FAILED || one == FinishedRequest.Outcome.EXPIRED);
        telemetry.metrics().tokens(usage, common, context);
        end(error, failed, longest.ended());
    }

    @Override
    public void refused(Throwable failure) {
        end(failure.getClass().getName(), true, Instant.now());
    }

    private void end(@Nullable String error, boolean failed, Instant end) {
        telemetry.metrics().ended(Duration.between(start, end), error, common, context);
        if (error != null) {
            span.setAttribute(GenAi.ERROR_TYPE, error);
        }
        if (failed) {
            span.setStatus(StatusCode.ERROR); // without the message, which may quote the request
        }
        span.end(end);
    }

    /** The prompt counts once. */
    private static Usage usage(List<FinishedRequest> ended) {
        Usage sum = Usage.NONE;
        int cached = 0;
        for (FinishedRequest one : ended) {
            sum = sum.plus(one.usage());
            cached = Math.max(cached, one.usage().cachedTokens());
        }
        return new Usage(
                ended.get(0).usage().promptTokens(),
                cached,
                sum.generatedTokens(),
                sum.draftedTokens(),
                sum.acceptedTokens(),
                0);
    }

    /** Scores and embeddings have none. */
    private static List<String> reasons(List<FinishedRequest> ended) {
        return ended.stream()
                .filter(one -> one.finishReason() != null || one.failure() != null)
                .map(one -> reason(one.finishReason()))
                .toList();
    }

    private static String reason(@Nullable FinishReason reason) {
        if (reason == null) {
            return "error";
        }
        return switch (reason) {
            case STOP_TOKEN, STOP_TEXT, STOP_CRITERION -> "stop";
            case MAX_TOKENS, CONTEXT_FULL -> "length";
            case CANCELLED -> "cancelled";
            case DEADLINE -> "deadline";
        };
    }
}
