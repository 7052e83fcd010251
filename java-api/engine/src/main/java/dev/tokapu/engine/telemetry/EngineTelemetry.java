package dev.tokapu.engine.telemetry;

import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineSnapshot;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Spans and metrics of what an {@link Engine} is asked for, with the names of OpenTelemetry's conventions for generative models. OpenTelemetry's API is
 * an optional dependency: without it, leave this class alone.
 *
 * <pre>{@code
 * EngineTelemetry.start(engine, openTelemetry);
 * }</pre>
 *
 * <p>A request is a span whose parent is the current span of the thread that submits it. It ends with the last of the request's answers, and what waiting,
 * prefill and decoding took are spans within it. Listeners and observers of the engine are told of its end while it is the current span, so that their
 * metrics and logs belong to it. Neither prompts nor answers are recorded; docs/observability.md lists attributes and metrics.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
@SuppressWarnings("exports") // who uses it requires OpenTelemetry anyway, who does not must not have to
public final class EngineTelemetry implements AutoCloseable {

    private static final String SCOPE = "dev.tokapu.engine";

    private final Runnable observation;
    private final Runnable readings;

    private EngineTelemetry(Runnable observation, Runnable readings) {
        this.observation = observation;
        this.readings = readings;
    }

    /** {@return spans and metrics from now on, until it or the engine is closed} */
    public static EngineTelemetry start(Engine engine, OpenTelemetry openTelemetry) {
        return start(engine, openTelemetry, Attributes.empty());
    }

    /**
     * {@return spans and metrics from now on, until it or the engine is closed}
     *
     * @param engine the engine; metrics do not keep it alive
     * @param openTelemetry where they go
     * @param attributes for all of them; what tells engines apart if there are several of one model
     */
    public static EngineTelemetry start(Engine engine, OpenTelemetry openTelemetry, Attributes attributes) {
        return start(engine, openTelemetry, attributes, () -> false);
    }

    /**
     * {@return spans and metrics from now on, until it or the engine is closed} For engines whose requests may have a span of a framework already: tokens
     * that are in two spans are counted twice.
     *
     * @param engine the engine; metrics do not keep it alive
     * @param openTelemetry where they go
     * @param attributes for all of them; what tells engines apart if there are several of one model
     * @param described asked by the thread that submits a request: whether the current span is that of the request, with its model and tokens. The
     *     spans of waiting, prefill and decoding are within that one then, and what a client measures is left to the framework
     */
    public static EngineTelemetry start(
            Engine engine, OpenTelemetry openTelemetry, Attributes attributes, BooleanSupplier described) {
        String model = engine.model().info().name().orElse("unknown");
        Meter meter = openTelemetry.getMeter(SCOPE);
        Attributes ofReadings =
                attributes.toBuilder().put(GenAi.REQUEST_MODEL, model).build();
        AtomicReference<@Nullable BatchCallback> open = new AtomicReference<>(read(engine, meter, ofReadings));
        Runnable readings = () -> {
            BatchCallback last = open.getAndSet(null); // OpenTelemetry warns of a second close
            if (last != null) {
                last.close();
            }
        };
        RequestTelemetry telemetry = new RequestTelemetry(
                openTelemetry.getTracer(SCOPE), new RequestMetrics(meter), model, attributes, described, readings);
        return new EngineTelemetry(engine.observe(telemetry), readings);
    }

    /**
     * {@return the same without metrics, for {@code start}} For engines whose metrics another library has.
     *
     * @param all where spans go
     */
    public static OpenTelemetry spansOf(OpenTelemetry all) {
        return new OpenTelemetry() { // whose default is no meters
            @Override
            public TracerProvider getTracerProvider() {
                return all.getTracerProvider();
            }

            @Override
            public ContextPropagators getPropagators() {
                return all.getPropagators();
            }
        };
    }

    private static BatchCallback read(Engine engine, Meter meter, Attributes attributes) {
        ObservableLongMeasurement waiting = meter.gaugeBuilder("tokapu.engine.requests.waiting")
                .ofLongs()
                .setDescription("requests that wait to be admitted")
                .buildObserver();
        ObservableLongMeasurement running = meter.gaugeBuilder("tokapu.engine.requests.running")
                .ofLongs()
                .setDescription("requests that are prefilled or generated")
                .buildObserver();
        ObservableDoubleMeasurement kv = meter.gaugeBuilder("tokapu.engine.kv.usage")
                .setDescription("part of the KV cache that is reserved, 0 to 1")
                .buildObserver();
        WeakReference<Engine> reference = new WeakReference<>(engine);
        return meter.batchCallback(
                () -> {
                    Engine read = reference.get();
                    if (read != null && read.isOpen()) {
                        EngineSnapshot snapshot = read.snapshot();
                        waiting.record(snapshot.waiting(), attributes);
                        running.record(snapshot.running(), attributes);
                        kv.record((double) snapshot.reservedTokens() / snapshot.contextSize(), attributes);
                    }
                },
                waiting,
                running,
                kv);
    }

    /** Records nothing more, also of requests that have not ended; the engine goes on. Idempotent. */
    @Override
    public void close() {
        observation.run();
        readings.run();
    }
}
