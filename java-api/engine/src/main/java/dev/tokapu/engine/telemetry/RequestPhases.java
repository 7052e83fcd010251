package dev.tokapu.engine.telemetry;

import dev.tokapu.engine.FinishedRequest;
import dev.tokapu.engine.RequestObserver;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A request within the span of its context: its metrics, and when the last of its answers has ended the spans of its phases.
 *
 * <p>Thread safety: safe.
 */
class RequestPhases implements RequestObserver {

    private static final Comparator<FinishedRequest> BY_TOTAL =
            Comparator.comparing(one -> one.timings().total());

    final RequestTelemetry telemetry;
    final Attributes common;
    final Context context;
    private final int answers;
    private final List<FinishedRequest> ended = new ArrayList<>(1); // guarded by this

    RequestPhases(RequestTelemetry telemetry, Attributes common, Context context, int answers) {
        this.telemetry = telemetry;
        this.common = common;
        this.context = context;
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
        ended.sort(Comparator.comparingInt(FinishedRequest::answer));
        end(ended, ended.stream().max(BY_TOTAL).orElseThrow());
    }

    /** All answers have ended; {@code longest} is the one that took the longest time. */
    void end(List<FinishedRequest> all, FinishedRequest longest) {
        GenAi.phases(telemetry.tracer(), context, longest.timings(), longest.ended());
    }
}
