package dev.tokapu.server.trace;

import dev.tokapu.engine.RequestTimings;
import dev.tokapu.engine.telemetry.GenAi;
import dev.tokapu.server.api.CallObserver;
import dev.tokapu.server.api.CallWork;
import dev.tokapu.server.api.FinishedCall;
import dev.tokapu.server.problem.Problem;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The span of a call.
 *
 * <p>Thread safety: safe.
 *
 * @param tracer makes the spans within it
 * @param context in which it is the current one
 * @param start when the call arrived
 */
record CallSpan(Tracer tracer, Context context, Instant start) implements CallObserver {

    private static final int SERVER_ERROR = 500;

    @Override
    public @Nullable SpanId span() {
        SpanContext span = Span.fromContext(context).getSpanContext();
        return span.isSampled() ? new SpanId(span.getTraceId(), span.getSpanId()) : null;
    }

    @Override
    public void ended(FinishedCall call) {
        Span span = Span.fromContext(context);
        describe(call, span);
        CallWork work = call.work();
        if (work.operation() != null) {
            span.updateName(call.model() == null ? work.operation() : work.operation() + ' ' + call.model());
            describe(call, work, work.operation(), span);
        }
        Problem problem = work.problem();
        if (call.status() >= SERVER_ERROR || (problem != null && problem.kind().status() >= SERVER_ERROR)) {
            span.setStatus(StatusCode.ERROR); // without the message, which may quote the request
        }
        span.end(call.time());
    }

    private static void describe(FinishedCall call, Span span) {
        span.setAttribute("http.response.status_code", call.status())
                .setAttribute("client.address", call.remoteAddress().replaceFirst(":\\d+$", ""))
                .setAttribute("tokapu.tenant", call.caller().tenant());
        Problem problem = call.work().problem();
        if (problem != null) {
            String code = problem.code();
            span.setAttribute(
                    GenAi.ERROR_TYPE, code == null ? problem.kind().name().toLowerCase(Locale.ROOT) : code);
        } else if (call.gone()) {
            span.setAttribute(GenAi.ERROR_TYPE, "cancelled");
        }
    }

    private void describe(FinishedCall call, CallWork work, String operation, Span span) {
        span.setAttribute(GenAi.OPERATION_NAME, operation)
                .setAttribute(GenAi.PROVIDER_NAME, GenAi.PROVIDER)
                .setAttribute("gen_ai.request.stream", work.streamed());
        GenAi.describe(span, call.usage());
        if (call.model() != null) {
            span.setAttribute(GenAi.REQUEST_MODEL, work.model() == null ? call.model() : work.model());
            span.setAttribute(GenAi.RESPONSE_MODEL, call.model());
        }
        if (work.responseId() != null) {
            span.setAttribute("gen_ai.response.id", work.responseId());
        }
        RequestTimings timings = work.timings();
        if (timings != null) {
            span.setAttribute(GenAi.FINISH_REASONS, work.finishReasons());
            Instant answered = start.plus(work.preparation()).plus(timings.total());
            GenAi.describe(tracer, context, work.preparation(), timings, answered);
        }
    }
}
