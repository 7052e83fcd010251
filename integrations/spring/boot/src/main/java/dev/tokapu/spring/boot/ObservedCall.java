package dev.tokapu.spring.boot;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import org.springframework.ai.model.observation.ModelObservationContext;

/** The call of a model of Spring AI that a thread observes. Needs Micrometer's tracing, which is optional. */
final class ObservedCall {

    private ObservedCall() {}

    /** {@return whether it is the current span: with a bridge to OpenTelemetry, else there is none or one of another kind} */
    static boolean isCurrentSpan(ObservationRegistry observations) {
        Observation observation = observations.getCurrentObservation();
        if (observation == null || !(observation.getContextView() instanceof ModelObservationContext<?, ?> call)) {
            return false;
        }
        TracingContext tracing = call.get(TracingContext.class);
        SpanContext current = Span.current().getSpanContext();
        return tracing != null
                && tracing.getSpan() != null
                && current.isValid()
                && current.getSpanId().equals(tracing.getSpan().context().spanId());
    }
}
