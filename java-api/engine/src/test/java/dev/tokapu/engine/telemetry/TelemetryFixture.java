package dev.tokapu.engine.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineFixture;
import dev.tokapu.engine.EngineListener;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.Sampler;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** An OpenTelemetry that keeps what it gets, and engines to watch. */
final class TelemetryFixture implements AutoCloseable {

    final InMemorySpanExporter spans = InMemorySpanExporter.create();
    final InMemoryMetricReader metrics = InMemoryMetricReader.create();
    final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setMeterProvider(
                    SdkMeterProvider.builder().registerMetricReader(metrics).build())
            .build();

    static Engine start(Model model, int sequenceContextSize) {
        return start(model, sequenceContextSize, EngineListener.NONE);
    }

    static Engine start(Model model, int sequenceContextSize, EngineListener listener) {
        return Engine.start(
                model,
                EngineFixture.options()
                        .maxSequences(2)
                        .sequenceContextSize(sequenceContextSize)
                        .queueCapacity(1)
                        .listener(listener)
                        .build());
    }

    static Request.Builder request() {
        return Request.builder(new int[] {5, 6, 7})
                .samplers(Sampler.greedy())
                .ignoreEnd(true)
                .maxTokens(4);
    }

    static void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }

    List<SpanData> ended() {
        return spans.getFinishedSpanItems();
    }

    /** The span of the only request, when it has ended; those within it end before. */
    SpanData span() throws InterruptedException {
        until(() -> ended().stream().anyMatch(TelemetryFixture::isRequest));
        List<SpanData> requests =
                ended().stream().filter(TelemetryFixture::isRequest).toList();
        assertThat(requests).hasSize(1);
        return requests.get(0);
    }

    static boolean isRequest(SpanData span) {
        return span.getAttributes().get(GenAi.OPERATION_NAME) != null;
    }

    /** The spans within that of a request. */
    List<SpanData> phases(SpanData request) {
        return ended().stream()
                .filter(span -> span.getParentSpanId().equals(request.getSpanId()))
                .toList();
    }

    static Map<String, Object> attributes(SpanData span) {
        return span.getAttributes().asMap().entrySet().stream()
                .collect(Collectors.toMap(one -> one.getKey().getKey(), Map.Entry::getValue));
    }

    @Override
    public void close() {
        sdk.close();
    }
}
