package dev.tokapu.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.UserMessage;
import dev.tokapu.HollowModel;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.telemetry.GenAi;
import dev.tokapu.text.GenerationOptions;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkus.test.QuarkusUnitTest;
import io.smallrye.mutiny.Multi;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Spans of engines beside those of Quarkus LangChain4j, as backends get them. */
@Tag("ffm")
@Timeout(300)
class EngineSpansIT {

    private static final InMemorySpanExporter ENDED = InMemorySpanExporter.create();

    @RegisterExtension
    static final QuarkusUnitTest APPLICATION = Applications.traced(
                    Scripts.class, Scripts.Chat.class, Scripts.Streaming.class, Assistant.class, Spans.class)
            .overrideConfigKey(
                    "quarkus.langchain4j.tokapu.chat-model.model-name",
                    HollowModel.file().toString())
            .overrideConfigKey("quarkus.langchain4j.tokapu.chat-model.engine.max-sequences", "1")
            .overrideConfigKey("quarkus.langchain4j.tokapu.chat-model.engine.context-size", "512");

    @RegisterAiService
    interface Assistant {

        Multi<String> stream(@UserMessage String text);
    }

    static class Spans {

        @Produces
        @Singleton
        SpanProcessor processor() {
            return SimpleSpanProcessor.create(ENDED);
        }
    }

    @Inject
    ChatModel chat;

    @Inject
    Assistant assistant;

    @Inject
    Engine engine;

    @Inject
    Tracer tracer;

    @BeforeEach
    void forget() {
        ENDED.reset();
    }

    /** Spans that have ended, when there is one of this name. */
    private static List<SpanData> until(String name) throws InterruptedException {
        while (ENDED.getFinishedSpanItems().stream()
                .noneMatch(span -> span.getName().startsWith(name))) {
            Thread.sleep(1);
        }
        return ENDED.getFinishedSpanItems();
    }

    private static SpanData named(String name, List<SpanData> spans) {
        return spans.stream()
                .filter(span -> span.getName().startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    private static void assertPhases(SpanData request, List<SpanData> spans) {
        assertThat(spans)
                .filteredOn(span -> span.getParentSpanId().equals(request.getSpanId()))
                .extracting(SpanData::getName)
                .containsExactlyInAnyOrder("queue", "prefill", "decode");
    }

    @Test
    void callsOfTheChatModel_haveTheirPhases_andNoSecondSpan() throws InterruptedException {
        chat.chat("Hello");
        until("decode");
        List<SpanData> spans = until("completion");
        SpanData call = named("completion", spans);
        assertPhases(call, spans);
        assertThat(spans)
                .as("no span of the engine's for the same request")
                .allSatisfy(span -> assertThat(span.getAttributes().get(GenAi.OPERATION_NAME))
                        .isNull());
    }

    @Test
    @ActivateRequestContext
    void streams_haveTheirPhasesInTheTraceOfTheCaller() throws InterruptedException {
        Span caller = tracer.spanBuilder("caller").startSpan();
        try (Scope scope = caller.makeCurrent()) {
            assistant.stream("Hello").collect().asList().await().atMost(Duration.ofMinutes(2));
        } finally {
            caller.end();
        }
        until("decode");
        List<SpanData> spans = until("completion");
        SpanData call = named("completion", spans);
        assertPhases(call, spans);
        assertThat(call.getTraceId()).isEqualTo(caller.getSpanContext().getTraceId());
    }

    /** The same while the stream goes on: its span has not ended, and is current here. */
    @Test
    @ActivateRequestContext
    void requestsDuringAStream_areNotTakenForTheStreams() throws Exception {
        CompletableFuture<Void> made = new CompletableFuture<>();
        CompletableFuture<List<String>> streamed = assistant.stream("Hello")
                .onItem()
                .invoke(text -> made.join())
                .collect()
                .asList()
                .subscribeAsCompletionStage();
        engine.generate("Hello", GenerationOptions.builder().maxTokens(2).build())
                .text();
        until("text_completion");
        assertThat(streamed).isNotDone();
        made.complete(null);
        streamed.get();
        List<SpanData> spans = until("completion");
        SpanData request = named("text_completion", spans);
        assertPhases(request, spans);
        assertThat(request.getAttributes().get(GenAi.OPERATION_NAME)).isEqualTo("text_completion");
        assertThat(spans)
                .filteredOn(span ->
                        span.getParentSpanId().equals(named("completion", spans).getSpanId()))
                .extracting(SpanData::getName)
                .containsOnlyOnce("queue", "prefill", "decode");
    }

    /** Quarkus LangChain4j closes the scope of a stream's span on another thread: on this one the span is current for good. */
    @Test
    @ActivateRequestContext
    void requestsToTheEngine_haveASpan_alsoBehindAStream() throws InterruptedException {
        assistant.stream("Hello").collect().asList().await().atMost(Duration.ofMinutes(2));
        until("decode");
        until("completion");
        ENDED.reset();
        engine.generate("Hello", GenerationOptions.builder().maxTokens(2).build())
                .text();
        List<SpanData> spans = until("text_completion");
        SpanData request = named("text_completion", spans);
        assertPhases(request, spans);
        assertThat(request.getAttributes().get(GenAi.OPERATION_NAME)).isEqualTo("text_completion");
        assertThat(request.getAttributes().get(AttributeKey.stringKey("engine")))
                .isEqualTo("chat-model");
    }
}
