package dev.tokapu.engine.telemetry;

import dev.tokapu.engine.FinishedRequest;
import dev.tokapu.engine.RequestObserver;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.Usage;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The span of a request, which ends with the last of its answers.
 *
 * <p>Thread safety: safe.
 */
final class RequestSpan implements RequestObserver {

    private static final Comparator<FinishedRequest> BY_TOTAL =
            Comparator.comparing(one -> one.timings().total());

    private final RequestTelemetry telemetry;
    private final Attributes common;
    private final Span span;
    private final Context context;
    private final Instant start;
    private final int answers;
    private final List<FinishedRequest> ended = new ArrayList<>(1); // guarded by this

    RequestSpan(RequestTelemetry telemetry, Attributes common, Context parent, Span span, Instant start, int answers) {
        this.telemetry = telemetry;
        this.common = common;
        this.span = span;
        this.context = parent.with(span);
        this.start = start;
        this.answers = answers;
    }

    @Override
    public void within(Runnable task) {
        try (Scope scope = context.makeCurrent()) {
            task.run();
        }
    }

    @Override
    public void finished(FinishedRequest request) {
        telemetry.metrics().ended(request, common, context);
        synchronized (this) {
            ended.add(request);
            if (ended.size() != answers) {
                return;
            }
        }
        end();
    }

    /** All answers have ended. */
    private void end() {
        ended.sort(Comparator.comparingInt(FinishedRequest::answer));
        FinishedRequest longest = ended.stream().max(BY_TOTAL).orElseThrow();
        Usage usage = usage();
        span.setAttribute(GenAi.RESPONSE_MODEL, telemetry.model());
        GenAi.describe(span, usage);
        List<String> reasons = reasons();
        if (!reasons.isEmpty()) {
            span.setAttribute(GenAi.FINISH_REASONS, reasons);
        }
        Instant submitted = longest.ended().minus(longest.timings().total());
        Duration preparation = submitted.isBefore(start) ? Duration.ZERO : Duration.between(start, submitted);
        GenAi.describe(telemetry.tracer(), context, preparation, longest.timings(), longest.ended());
        String error = ended.stream()
                .filter(one -> one.errorType() != null)
                .map(FinishedRequest::errorType)
                .findFirst()
                .orElse(null);
        boolean failed = ended.stream()
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
    private Usage usage() {
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
    private List<String> reasons() {
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
