package dev.tokapu.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.Playbook;
import dev.tokapu.TestModels;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.telemetry.GenAi;
import dev.tokapu.spring.ai.TokapuChatOptions;
import dev.tokapu.text.GenerationOptions;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.logging.LoggingMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Spans of engines beside those of Spring AI, as backends get them. */
@Timeout(300)
class EngineSpansIT {

    private static final Playbook PLAYBOOK = new Playbook().says("Hello", "Good morning.");

    /** With the tracing of Spring Boot, whose spans are Spring AI's. */
    private final ApplicationContextRunner traced = Applications.named()
            .withConfiguration(AutoConfigurations.of(
                    OpenTelemetrySdkAutoConfiguration.class,
                    OpenTelemetryTracingAutoConfiguration.class,
                    MicrometerTracingAutoConfiguration.class))
            .withPropertyValues("management.tracing.sampling.probability=1")
            .withUserConfiguration(Spans.class);

    /** An exporter that is a bean gets all spans from Spring Boot's processor, too, and later. */
    record Ended(InMemorySpanExporter exporter) {}

    @Configuration(proxyBeanMethods = false)
    static class Spans {

        @Bean
        Ended ended() {
            return new Ended(InMemorySpanExporter.create());
        }

        @Bean
        SpanProcessor processor(Ended ended) {
            return SimpleSpanProcessor.create(ended.exporter());
        }
    }

    /** Of an application that has its own, and no spans of observations. */
    @Configuration(proxyBeanMethods = false)
    static class OwnOpenTelemetry {

        @Bean
        InMemoryMetricReader reader() {
            return InMemoryMetricReader.create();
        }

        @Bean(destroyMethod = "close")
        OpenTelemetrySdk openTelemetry(SpanProcessor processor, InMemoryMetricReader reader) {
            return OpenTelemetrySdk.builder()
                    .setTracerProvider(SdkTracerProvider.builder()
                            .addSpanProcessor(processor)
                            .build())
                    .setMeterProvider(SdkMeterProvider.builder()
                            .registerMetricReader(reader)
                            .build())
                    .build();
        }
    }

    /** Of an application whose meters a backend gets. */
    @Configuration(proxyBeanMethods = false)
    static class Exported {

        @Bean
        MeterRegistry registry() {
            return new LoggingMeterRegistry(key -> key.endsWith("enabled") ? "false" : null, Clock.SYSTEM);
        }
    }

    /** An engine that starts at its first use. */
    @Configuration(proxyBeanMethods = false)
    static class LateEngine {

        @Bean
        @Lazy
        Engine late(@Qualifier("tokapuModel") Model model) {
            return Engine.start(
                    model,
                    EngineOptions.builder()
                            .context(TestModels.small().build())
                            .maxSequences(1)
                            .sequenceContextSize(512)
                            .build());
        }
    }

    private static Prompt hello(ApplicationContext context) {
        return new Prompt(
                "Hello",
                TokapuChatOptions.builder()
                        .model("Hollow")
                        .samplersFirst(List.of(PLAYBOOK.sampler(context.getBean("tokapuModel", Model.class))))
                        .build());
    }

    /** Spans that have ended, when there are so many. */
    private static List<SpanData> spans(ApplicationContext context, int count) throws InterruptedException {
        InMemorySpanExporter exporter = context.getBean(Ended.class).exporter();
        while (exporter.getFinishedSpanItems().size() < count) {
            Thread.sleep(1);
        }
        List<SpanData> spans = exporter.getFinishedSpanItems();
        assertThat(spans).hasSize(count);
        exporter.reset();
        return spans;
    }

    /** One span is the request's, and has its tokens; the others are its phases. */
    private static void assertOneRequest(List<SpanData> spans, String name, String... phases) {
        SpanData request = spans.stream()
                .filter(span -> span.getAttributes().get(GenAi.OPERATION_NAME) != null)
                .reduce((one, other) -> {
                    throw new AssertionError("two spans of one request: " + one + ", " + other);
                })
                .orElseThrow();
        assertThat(request.getName()).startsWith(name);
        assertThat(spans)
                .filteredOn(span -> !span.equals(request))
                .allSatisfy(span -> assertThat(span.getParentSpanId()).isEqualTo(request.getSpanId()))
                .extracting(SpanData::getName)
                .containsExactly(phases);
    }

    @Test
    void observedCallsAndStreams_haveTheirPhases_andNoSecondSpan() {
        traced.withUserConfiguration(Applications.Meters.class).run(context -> {
            ChatModel chat = context.getBean(ChatModel.class);
            chat.call(hello(context));
            assertOneRequest(spans(context, 4), "chat Hollow", "queue", "prefill", "decode");
            chat.stream(hello(context)).blockLast();
            assertOneRequest(spans(context, 4), "chat Hollow", "queue", "prefill", "decode");
            assertThat(context.getBean(MeterRegistry.class)
                            .find("gen_ai.client.operation")
                            .timer())
                    .as("the client's metrics are Spring AI's")
                    .isNotNull();
        });
    }

    @Test
    void requestsToTheEngine_haveASpan() {
        traced.run(context -> {
            Engine engine = context.getBean(Engine.class);
            engine.generate("Hello", GenerationOptions.builder().maxTokens(2).build())
                    .text();
            List<SpanData> spans = spans(context, 4);
            assertOneRequest(spans, "text_completion Hollow", "queue", "prefill", "decode");
            assertThat(spans)
                    .filteredOn(span -> span.getName().startsWith("text"))
                    .extracting(span -> span.getAttributes().get(AttributeKey.stringKey("engine")))
                    .containsExactly("tokapuEngine");
        });
    }

    @Test
    void observedEmbeddings_haveTheirPhases() {
        String file = TestModels.tinyFile().toString();
        traced.withPropertyValues(Applications.model("embedding", file, 64))
                .withPropertyValues("spring.ai.tokapu.embedding.pooling=mean", "spring.ai.model.chat=none")
                .run(context -> {
                    context.getBean(EmbeddingModel.class).embed("sea");
                    assertOneRequest(spans(context, 3), "embedding ", "queue", "prefill");
                });
    }

    @Test
    void observationsWithoutSpans_leaveThemToTheEngine() {
        Applications.named()
                .withUserConfiguration(Spans.class, OwnOpenTelemetry.class)
                .run(context -> {
                    context.getBean(ChatModel.class).call(hello(context));
                    assertOneRequest(spans(context, 4), "chat Hollow", "queue", "prefill", "decode");
                    assertThat(metrics(context))
                            .contains("gen_ai.client.token.usage", "gen_ai.server.request.duration");
                });
    }

    private static List<String> metrics(ApplicationContext context) {
        return context.getBean(InMemoryMetricReader.class).collectAllMetrics().stream()
                .map(MetricData::getName)
                .toList();
    }

    @Test
    void applicationWithMicrometer_hasTheEnginesMetricsThere() {
        Applications.named()
                .withUserConfiguration(Spans.class, OwnOpenTelemetry.class, Exported.class, LateEngine.class)
                .run(context -> {
                    context.getBean(ChatModel.class).call(hello(context));
                    assertOneRequest(spans(context, 4), "chat Hollow", "queue", "prefill", "decode");
                    assertThat(metrics(context)).isEmpty();
                    assertThat(measured(context)).containsExactly("tokapuEngine");
                    context.getBean("late");
                    assertThat(measured(context)).containsExactlyInAnyOrder("tokapuEngine", "late");
                    assertThat(metrics(context)).isEmpty();
                });
    }

    @Test
    void applicationWithMetersInMemory_hasTheEnginesMetricsInOpenTelemetryToo() {
        Applications.named()
                .withUserConfiguration(Spans.class, OwnOpenTelemetry.class, Applications.Meters.class)
                .run(context -> {
                    context.getBean(ChatModel.class).call(hello(context));
                    assertOneRequest(spans(context, 4), "chat Hollow", "queue", "prefill", "decode");
                    assertThat(metrics(context)).contains("gen_ai.server.request.duration");
                    assertThat(measured(context)).containsExactly("tokapuEngine");
                });
    }

    /** The engines whose meters Micrometer has. */
    private static List<String> measured(ApplicationContext context) {
        return context.getBean(MeterRegistry.class).find("tokapu.engine.requests.submitted").meters().stream()
                .map(meter -> String.valueOf(meter.getId().getTag("engine")))
                .toList();
    }

    @Test
    void applicationWithoutThem_hasNoSpans() {
        Applications.named().run(context -> assertThat(context).doesNotHaveBean(EngineSpans.class));
        traced.withPropertyValues("spring.ai.tokapu.telemetry.enabled=false").run(context -> {
            assertThat(context).doesNotHaveBean(EngineSpans.class);
            context.getBean(ChatModel.class).call(hello(context));
            assertThat(spans(context, 1)).extracting(SpanData::getName).containsExactly("chat Hollow");
        });
        Applications.named()
                .withClassLoader(new FilteredClassLoader(OpenTelemetry.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(EngineSpans.class));
    }
}
