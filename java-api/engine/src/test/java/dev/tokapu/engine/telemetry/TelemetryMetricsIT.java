package dev.tokapu.engine.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineListener;
import dev.tokapu.engine.FinishedRequest;
import dev.tokapu.engine.metrics.EngineMetrics;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Metrics of an engine's requests, and what is told within their spans. */
@Timeout(300)
class TelemetryMetricsIT {

    @TinyModel
    private static Model model;

    @AutoClose
    private final TelemetryFixture fixture = new TelemetryFixture();

    private static List<HistogramPointData> histogram(Collection<MetricData> all, String name) {
        return all.stream()
                .filter(metric -> metric.getName().equals(name))
                .map(MetricData::getHistogramData)
                .flatMap(data -> data.getPoints().stream())
                .toList();
    }

    @Test
    void metrics_haveTheConventionsNames_andExemplarsOfTheSpan() throws InterruptedException {
        try (Engine engine = TelemetryFixture.start(model, 128);
                EngineTelemetry telemetry = EngineTelemetry.start(engine, fixture.sdk)) {
            engine.submit(TelemetryFixture.request().build()).text();
            SpanData span = fixture.span();
            Collection<MetricData> all =
                    fixture.metrics.collectAllMetrics(); // once: exemplars are those since the last time
            for (String name : List.of(
                    "gen_ai.client.operation.duration",
                    "gen_ai.client.token.usage",
                    "gen_ai.server.request.duration",
                    "gen_ai.server.time_to_first_token",
                    "gen_ai.server.time_per_output_token")) {
                assertThat(histogram(all, name))
                        .as(name)
                        .isNotEmpty()
                        .allSatisfy(point -> assertThat(point.getExemplars())
                                .singleElement()
                                .satisfies(exemplar -> assertThat(
                                                exemplar.getSpanContext().getSpanId())
                                        .isEqualTo(span.getSpanId())));
            }
            assertThat(histogram(all, "gen_ai.client.token.usage"))
                    .extracting(HistogramPointData::getSum)
                    .containsExactlyInAnyOrder(3.0, 4.0);
            assertThat(all)
                    .extracting(MetricData::getName)
                    .contains(
                            "tokapu.engine.requests.waiting",
                            "tokapu.engine.requests.running",
                            "tokapu.engine.kv.usage");
        }
    }

    @Test
    void listenersAndObservers_areToldWithinTheSpan() throws InterruptedException {
        BlockingQueue<Span> observed = new LinkedBlockingQueue<>();
        BlockingQueue<Span> told = new LinkedBlockingQueue<>();
        EngineListener listener = new EngineListener() {
            @Override
            public void finished(FinishedRequest request) {
                told.add(Span.current());
            }
        };
        try (Engine engine = TelemetryFixture.start(model, 128, listener);
                EngineTelemetry telemetry = EngineTelemetry.start(engine, fixture.sdk)) {
            engine.observe(request -> observed.add(Span.current()));
            engine.submit(TelemetryFixture.request().build()).text();
            String id = fixture.span().getSpanId();
            assertThat(observed.poll(5, TimeUnit.MINUTES).getSpanContext().getSpanId())
                    .isEqualTo(id);
            assertThat(told.poll(5, TimeUnit.MINUTES).getSpanContext().getSpanId())
                    .isEqualTo(id);
            assertThat(Span.current().getSpanContext().isValid()).isFalse();
        }
    }

    @Test
    void close_telemetry_recordsNothingMore_andTheEngineGoesOn() throws InterruptedException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Engine engine = TelemetryFixture.start(model, 128)) {
            new EngineMetrics(engine).bindTo(registry);
            AtomicInteger closes = new AtomicInteger();
            EngineTelemetry telemetry = EngineTelemetry.start(engine, countingCloses(fixture.sdk, closes));
            telemetry.close();
            telemetry.close();
            assertThat(closes).hasValue(1);
            engine.submit(TelemetryFixture.request().build()).text();
            TelemetryFixture.until(() -> {
                Timer timer = registry.find("gen_ai.server.request.duration").timer();
                return timer != null && timer.count() == 1;
            });
            assertThat(fixture.ended()).isEmpty();
            assertThat(fixture.metrics.collectAllMetrics()).isEmpty();
        }
    }

    /** An OpenTelemetry that counts how often registrations of readings are closed: its own tells that in its log alone. */
    private static OpenTelemetry countingCloses(OpenTelemetry real, AtomicInteger closes) {
        return within(OpenTelemetry.class, real, closes);
    }

    private record Counted(BatchCallback readings, AtomicInteger closes) implements BatchCallback {

        @Override
        public void close() {
            closes.incrementAndGet();
            readings.close();
        }
    }

    private static <T> T within(Class<T> type, T real, AtomicInteger closes) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object result = method.invoke(real, arguments);
                    if (result instanceof Meter meter) {
                        return within(Meter.class, meter, closes);
                    }
                    return result instanceof BatchCallback readings ? new Counted(readings, closes) : result;
                }));
    }

    @Test
    void engine_ends_readingsAreClosedOnce() throws InterruptedException {
        AtomicInteger closes = new AtomicInteger();
        OpenTelemetry counting = countingCloses(fixture.sdk, closes);
        try (Engine engine = TelemetryFixture.start(model, 128);
                EngineTelemetry telemetry = EngineTelemetry.start(engine, counting)) {
            engine.close();
            TelemetryFixture.until(() -> closes.get() == 1);
            EngineTelemetry late = EngineTelemetry.start(engine, counting);
            TelemetryFixture.until(() -> closes.get() == 2);
            late.close();
        }
        assertThat(closes).hasValue(2);
    }
}
