package dev.tokapu.quarkus;

import dev.tokapu.engine.telemetry.EngineTelemetry;
import dev.tokapu.engine.telemetry.GenAi;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The spans of the engines' requests, each with its name as attribute. Metrics are those of {@link EngineMeters}.
 *
 * <p>Thread safety: used by the container.
 *
 * @since 0.1
 */
@Singleton
public final class EngineSpans {

    private static final AttributeKey<String> ENGINE = AttributeKey.stringKey("engine"); // as the tag of meters

    private final Set<Span> taken = Collections.newSetFromMap(new WeakHashMap<>());

    /** The container does. */
    EngineSpans() {}

    /** After the engines have been started; it ends with them. */
    void start(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE + 1) StartupEvent event,
            TokapuEngines engines,
            OpenTelemetry openTelemetry) {
        OpenTelemetry spans = EngineTelemetry.spansOf(openTelemetry);
        engines.byName()
                .forEach((name, engine) ->
                        EngineTelemetry.start(engine, spans, Attributes.of(ENGINE, name), this::isOfAModel));
    }

    /**
     * {@return whether the current span is a call of a chat model, as Quarkus LangChain4j makes it: it has the model, and will have the tokens} That of a
     * stream stays current on its thread, while the stream goes on and when it has ended: it is that of the first request alone.
     */
    private boolean isOfAModel() {
        Span current = Span.current();
        if (!(current instanceof ReadableSpan span)
                || span.hasEnded()
                || span.getAttribute(GenAi.REQUEST_MODEL) == null) {
            return false;
        }
        synchronized (taken) {
            return taken.add(current);
        }
    }
}
