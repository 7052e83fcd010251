package dev.tokapu.engine.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineFixture;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.GenerationException;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.RequestRejectedException;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.engine.ScoreRequest;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.sampling.Sampler;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Spans of an engine's requests. */
@Timeout(300)
class EngineTelemetryIT {

    @TinyModel
    private static Model model;

    @AutoClose
    private final TelemetryFixture fixture = new TelemetryFixture();

    private static List<String> names(List<SpanData> spans) {
        return spans.stream().map(SpanData::getName).toList();
    }

    @Test
    void answer_isASpanWithinThatOfTheCaller_withItsPhases() throws InterruptedException {
        OpenTelemetry openTelemetry = fixture.sdk;
        Span caller = fixture.sdk.getTracer("test").spanBuilder("caller").startSpan();
        try (Engine engine = TelemetryFixture.start(model, 128);
                Scope scope = caller.makeCurrent()) {
            // @start region="telemetry"
            EngineTelemetry.start(engine, openTelemetry);
            // @end
            engine.submit(Request.builder(List.of(ChatMessage.user("secret")))
                            .ignoreEnd(true)
                            .temperature(0)
                            .maxTokens(4)
                            .scheduling(SchedulingOptions.defaults().withTenant("tenant"))
                            .build())
                    .text();
            SpanData span = fixture.span();
            assertThat(span.getParentSpanId()).isEqualTo(caller.getSpanContext().getSpanId());
            assertThat(span.getTraceId()).isEqualTo(caller.getSpanContext().getTraceId());
            assertThat(span.getName()).startsWith("chat ");
            assertThat(span.getKind()).isEqualTo(SpanKind.INTERNAL);
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(TelemetryFixture.attributes(span))
                    .containsEntry("gen_ai.operation.name", "chat")
                    .containsEntry("gen_ai.provider.name", "tokapu")
                    .containsEntry("gen_ai.request.max_tokens", 4L)
                    .containsEntry("gen_ai.request.temperature", 0.0)
                    .containsEntry("gen_ai.usage.output_tokens", 4L)
                    .containsEntry("gen_ai.response.finish_reasons", List.of("length"))
                    .containsEntry("tokapu.tenant", "tenant")
                    .containsKeys(
                            "gen_ai.request.model",
                            "gen_ai.response.model",
                            "gen_ai.usage.input_tokens",
                            "gen_ai.usage.cache_read.input_tokens",
                            "tokapu.latency.preparation",
                            "gen_ai.latency.time_in_queue",
                            "gen_ai.latency.time_in_model_prefill",
                            "gen_ai.latency.time_to_first_token",
                            "gen_ai.latency.time_in_model_decode")
                    .doesNotContainKey("error.type");
            assertThat(names(fixture.phases(span))).containsExactly("queue", "prefill", "decode");
            assertThat(fixture.ended().toString()).doesNotContain("secret");
        }
    }

    @Test
    void phases_followEachOtherToTheEndOfTheirSpan() throws InterruptedException {
        try (Engine engine = TelemetryFixture.start(model, 128);
                EngineTelemetry telemetry = EngineTelemetry.start(engine, fixture.sdk)) {
            engine.submit(TelemetryFixture.request().build()).text();
            SpanData span = fixture.span();
            List<SpanData> phases = fixture.phases(span);
            assertThat(phases).hasSize(3);
            for (int i = 1; i < phases.size(); i++) {
                assertThat(phases.get(i).getStartEpochNanos())
                        .isEqualTo(phases.get(i - 1).getEndEpochNanos());
            }
            assertThat(phases.get(2).getEndEpochNanos()).isEqualTo(span.getEndEpochNanos());
        }
    }

    @Test
    void answers_areOneSpan_whichEndsWithTheLast() throws InterruptedException {
        try (Engine engine = TelemetryFixture.start(model, 128);
                EngineTelemetry telemetry = EngineTelemetry.start(engine, fixture.sdk)) {
            engine.submit(TelemetryFixture.request().answers(2).build())
                    .answers()
                    .forEach(Generation::text);
            assertThat(TelemetryFixture.attributes(fixture.span()))
                    .containsEntry("gen_ai.operation.name", "text_completion")
                    .containsEntry("gen_ai.request.choice.count", 2L)
                    .containsEntry("gen_ai.usage.input_tokens", 3L)
                    .containsEntry("gen_ai.usage.output_tokens", 8L)
                    .containsEntry("gen_ai.response.finish_reasons", List.of("length", "length"));
        }
    }

    @Test
    void request_thatHasASpan_hasItsPhasesThere_andIsNotCountedTwice() throws InterruptedException {
        Span described = fixture.sdk.getTracer("test").spanBuilder("described").startSpan();
        try (Engine engine = TelemetryFixture.start(model, 128);
                EngineTelemetry telemetry = EngineTelemetry.start(
                        engine,
                        fixture.sdk,
                        Attributes.empty(),
                        () -> Span.current().equals(described))) {
            try (Scope scope = described.makeCurrent()) {
                engine.submit(TelemetryFixture.request().answers(2).build())
                        .answers()
                        .forEach(Generation::text);
                TelemetryFixture.until(() -> fixture.ended().size() == 3);
                assertThatThrownBy(() -> engine.submit(Request.of("word ".repeat(200))))
                        .isInstanceOf(ContextOverflowException.class);
            }
            assertThat(names(fixture.ended())).containsExactly("queue", "prefill", "decode");
            assertThat(fixture.ended())
                    .extracting(SpanData::getParentSpanId)
                    .containsOnly(described.getSpanContext().getSpanId());
            assertThat(fixture.metrics.collectAllMetrics())
                    .extracting(MetricData::getName)
                    .contains("gen_ai.server.request.duration", "gen_ai.server.time_to_first_token")
                    .noneMatch(name -> name.startsWith("gen_ai.client."));
            engine.submit(TelemetryFixture.request().build()).text();
            assertThat(fixture.span().getParentSpanId())
                    .as("what is not described has a span")
                    .isEqualTo(SpanId.getInvalid());
        }
    }

    @Test
    void stream_thatIsCancelled_isNoError() throws InterruptedException {
        try (Engine engine = TelemetryFixture.start(model, 8192);
                EngineTelemetry telemetry = EngineTelemetry.start(engine, fixture.sdk)) {
            Generation stream = engine.submit(EngineFixture.endless(5, 6).build());
            stream.iterator().next();
            assertThat(fixture.ended()).as("spans of what runs").isEmpty();
            stream.cancel();
            SpanData span = fixture.span();
            assertThat(TelemetryFixture.attributes(span))
                    .containsEntry("error.type", "cancelled")
                    .containsEntry("gen_ai.response.finish_reasons", List.of("cancelled"));
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(names(fixture.phases(span))).containsExactly("queue", "prefill", "decode");
        }
    }

    @Test
    void failure_isItsClass_withoutItsMessage() throws InterruptedException {
        try (Engine engine = TelemetryFixture.start(model, 128);
                EngineTelemetry telemetry = EngineTelemetry.start(engine, fixture.sdk)) {
            Sampler failing = Sampler.customLogits((tokens, logits) -> {
                throw new IllegalStateException("secret");
            });
            Generation answer = engine.submit(TelemetryFixture.request()
                    .samplers(failing, Sampler.greedy())
                    .build());
            assertThatThrownBy(answer::text).isInstanceOf(GenerationException.class);
            SpanData span = fixture.span();
            assertThat((String) TelemetryFixture.attributes(span).get("error.type"))
                    .endsWith("Exception");
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(TelemetryFixture.attributes(span))
                    .containsEntry("gen_ai.response.finish_reasons", List.of("error"));
            assertThat(span.toString()).doesNotContain("secret");
        }
    }

    /** A request that has all sequences of an engine until it is cancelled. */
    private static Generation busy(Engine engine) {
        Generation running = engine.submit(EngineFixture.endless(5).answers(2).build());
        running.iterator().next();
        return running;
    }

    @Test
    void request_thatIsRefused_isAnError() throws InterruptedException {
        try (Engine engine = TelemetryFixture.start(model, 8192);
                EngineTelemetry telemetry = EngineTelemetry.start(engine, fixture.sdk)) {
            Generation running = busy(engine);
            assertThatThrownBy(() ->
                            engine.submit(TelemetryFixture.request().answers(2).build()))
                    .isInstanceOf(RequestRejectedException.class);
            SpanData refused = fixture.span();
            assertThat(TelemetryFixture.attributes(refused))
                    .containsEntry("error.type", RequestRejectedException.class.getName());
            assertThat(refused.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(fixture.phases(refused)).isEmpty();
            running.answers().forEach(Generation::cancel);
        }
    }

    @Test
    void request_thatIsLate_isAnError_andWaitedAllTheTime() throws InterruptedException {
        try (Engine engine = TelemetryFixture.start(model, 8192);
                EngineTelemetry telemetry = EngineTelemetry.start(engine, fixture.sdk)) {
            Generation running = busy(engine);
            engine.submit(TelemetryFixture.request()
                            .scheduling(SchedulingOptions.defaults().withDeadline(Duration.ofMillis(20)))
                            .build())
                    .text();
            SpanData expired = fixture.span();
            assertThat(TelemetryFixture.attributes(expired))
                    .containsEntry("error.type", "timeout")
                    .doesNotContainKey("gen_ai.latency.time_in_queue");
            assertThat(expired.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(names(fixture.phases(expired))).containsExactly("queue");
            running.answers().forEach(Generation::cancel);
        }
    }

    @Test
    void score_isASpanWithoutReasonsAndDecoding() throws Exception {
        try (Engine engine = TelemetryFixture.start(model, 128);
                EngineTelemetry telemetry = EngineTelemetry.start(engine, fixture.sdk)) {
            engine.score(ScoreRequest.of("a", " the sea")).get(5, TimeUnit.MINUTES);
            SpanData span = fixture.span();
            assertThat(TelemetryFixture.attributes(span))
                    .containsEntry("gen_ai.operation.name", "score")
                    .doesNotContainKeys("gen_ai.response.finish_reasons", "gen_ai.latency.time_to_first_token");
            assertThat(names(fixture.phases(span))).containsExactly("queue", "prefill");
        }
    }
}
