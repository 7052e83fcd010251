package dev.tokapu.benchmarks;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.telemetry.EngineTelemetry;
import dev.tokapu.langchain4j.TokapuChatModel;
import dev.tokapu.langchain4j.TokapuStreamingChatModel;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.OpenTelemetrySdkBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The same request again and again, by turns to the engine alone, to the engine with spans, with spans and metrics, and through the integrations. Prints one JSON object with the milliseconds of each.
 *
 * <p>Arguments: model file, requests of each kind, tokens of an answer, threads.
 */
public final class IntegrationBench {

    private static final String QUESTION =
            "Tell me all that there is to know about the sea, from the beginning to the end.";

    private final Engine engine;
    private final int tokens;
    private final TokapuChatModel chat;
    private final TokapuStreamingChatModel streaming;

    private IntegrationBench(Engine engine, int tokens) {
        this.engine = engine;
        this.tokens = tokens;
        this.chat = TokapuChatModel.builder()
                .engine(engine)
                .temperature(0.0)
                .maxOutputTokens(tokens)
                .build();
        this.streaming = TokapuStreamingChatModel.builder()
                .engine(engine)
                .temperature(0.0)
                .maxOutputTokens(tokens)
                .build();
    }

    /**
     * Runs it.
     *
     * @param args as above
     */
    public static void main(String[] args) {
        int threads = Integer.parseInt(args[3]);
        EngineOptions options = EngineOptions.builder()
                .context(ContextOptions.builder()
                        .threads(threads)
                        .batchThreads(threads)
                        .build())
                .maxSequences(1)
                .sequenceContextSize(1024)
                .build();
        try (Model model = Model.load(Path.of(args[0]));
                Engine engine = Engine.start(model, options)) {
            IntegrationBench bench = new IntegrationBench(engine, Integer.parseInt(args[2]));
            System.out.println(bench.measured(Integer.parseInt(args[1])).entrySet().stream()
                    .map(entry -> "\"" + entry.getKey() + "\": " + entry.getValue())
                    .collect(Collectors.joining(", ", "{", "}")));
        }
    }

    /**
     * What is measured.
     *
     * @param watch what is there meanwhile, and begins and ends outside the measured time
     */
    private record Kind(String name, Supplier<? extends AutoCloseable> watch, Runnable request) {

        double millis() {
            try (AutoCloseable watched = watch.get()) {
                long begin = System.nanoTime();
                request.run();
                return (System.nanoTime() - begin) / (double) TimeUnit.MILLISECONDS.toNanos(1);
            } catch (Exception e) {
                throw new IllegalStateException(name + " failed: " + e.getMessage(), e);
            }
        }
    }

    private Map<String, List<Double>> measured(int requests) {
        OpenTelemetry spans = tracing().build();
        OpenTelemetry all = tracing()
                .setMeterProvider(SdkMeterProvider.builder()
                        .registerMetricReader(
                                PeriodicMetricReader.builder(new Dropped()).build())
                        .build())
                .build();
        Supplier<AutoCloseable> unwatched = () -> () -> {};
        List<Kind> kinds = List.of(
                new Kind("engine", unwatched, this::alone),
                new Kind("spans", () -> EngineTelemetry.start(engine, spans), this::alone),
                new Kind("spans and metrics", () -> EngineTelemetry.start(engine, all), this::alone),
                new Kind("langchain4j", unwatched, this::chat),
                new Kind("langchain4j streaming", unwatched, this::stream));
        Map<String, List<Double>> millis = new LinkedHashMap<>();
        for (int i = 0; i < requests; i++) {
            kinds.forEach(kind -> millis.computeIfAbsent(kind.name(), ignored -> new ArrayList<>())
                    .add(kind.millis()));
        }
        return millis;
    }

    private static OpenTelemetrySdkBuilder tracing() {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(BatchSpanProcessor.builder(SpanExporter.composite())
                                .build())
                        .build());
    }

    /** Metrics where they would be sent. */
    private static final class Dropped implements MetricExporter {

        @Override
        public AggregationTemporality getAggregationTemporality(InstrumentType type) {
            return AggregationTemporality.CUMULATIVE;
        }

        @Override
        public CompletableResultCode export(Collection<MetricData> metrics) {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    private void alone() {
        Request request = Request.builder(List.of(ChatMessage.user(QUESTION)))
                .temperature(0)
                .maxTokens(tokens)
                .build();
        require(engine.submit(request).chatAnswer().text());
    }

    private void chat() {
        require(chat.chat(request()).aiMessage().text());
    }

    private void stream() {
        CompletableFuture<ChatResponse> response = new CompletableFuture<>();
        streaming.chat(request(), new StreamingChatResponseHandler() {
            @Override
            public void onCompleteResponse(ChatResponse complete) {
                response.complete(complete);
            }

            @Override
            public void onError(Throwable error) {
                response.completeExceptionally(error);
            }
        });
        require(response.join().aiMessage().text());
    }

    private static ChatRequest request() {
        return ChatRequest.builder().messages(UserMessage.from(QUESTION)).build();
    }

    private static void require(String text) {
        if (text.isEmpty()) {
            throw new IllegalStateException("the model said nothing");
        }
    }
}
