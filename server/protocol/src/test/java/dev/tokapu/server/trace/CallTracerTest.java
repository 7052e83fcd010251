package dev.tokapu.server.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tokapu.engine.RequestTimings;
import dev.tokapu.server.api.ArrivedCall;
import dev.tokapu.server.api.CallObserver;
import dev.tokapu.server.api.CallWork;
import dev.tokapu.server.api.FinishedCall;
import dev.tokapu.server.api.TraceContext;
import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.text.Usage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallTracerTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final Instant END = Instant.parse("2026-11-29T12:00:05.5Z");
    private static final CallWork NOTHING = new CallWork(null, null, null, false, Duration.ZERO, List.of(), null, null);

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();

    private List<SpanData> ended = List.of();

    @AfterEach
    void close() {
        sdk.close();
    }

    private SpanData span(
            String method, String route, int status, @Nullable String model, CallWork work, TraceContext trace) {
        Duration duration = Duration.ofMillis(5500);
        CallObserver observer =
                new CallTracer(sdk).arrived(new ArrivedCall("req_1", END.minus(duration), method, route, route, trace));
        observer.ended(new FinishedCall(
                "req_1",
                END,
                "127.0.0.1:5000",
                Caller.ANYONE,
                method,
                route,
                route,
                status,
                false,
                duration,
                model,
                new Usage(10, 4, 7),
                work));
        ended = spans.getFinishedSpanItems();
        SpanData span = ended.get(ended.size() - 1);
        assertThat(ended).filteredOn(one -> one.getKind() == SpanKind.SERVER).containsExactly(span);
        CallObserver.SpanId id = Objects.requireNonNull(observer.span());
        assertThat(id.trace()).isEqualTo(span.getTraceId());
        assertThat(id.span()).isEqualTo(span.getSpanId());
        return span;
    }

    private static Map<String, Object> attributes(SpanData span) {
        return span.getAttributes().asMap().entrySet().stream()
                .collect(Collectors.toMap(one -> one.getKey().getKey(), Map.Entry::getValue));
    }

    @Test
    void span_chat_isASpanWithWhatTheEngineDid() {
        RequestTimings timings = new RequestTimings(
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ZERO);
        CallWork work = new CallWork(
                "chat", "alias", "chatcmpl-1", true, Duration.ofMillis(250), List.of("stop", "length"), timings, null);
        SpanData span = span("POST", "/v1/chat/completions", 200, "small", work, TraceContext.NONE);
        assertThat(span.getName()).isEqualTo("chat small");
        assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(span.getEndEpochNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(END.toEpochMilli()));
        assertThat(span.getEndEpochNanos() - span.getStartEpochNanos())
                .isEqualTo(Duration.ofMillis(5500).toNanos());
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(attributes(span))
                .containsEntry("http.request.method", "POST")
                .containsEntry("http.route", "/v1/chat/completions")
                .containsEntry("http.response.status_code", 200L)
                .containsEntry("client.address", "127.0.0.1")
                .containsEntry("tokapu.request.id", "req_1")
                .containsEntry("gen_ai.operation.name", "chat")
                .containsEntry("gen_ai.provider.name", "tokapu")
                .containsEntry("gen_ai.request.model", "alias")
                .containsEntry("gen_ai.response.model", "small")
                .containsEntry("gen_ai.response.id", "chatcmpl-1")
                .containsEntry("gen_ai.request.stream", true)
                .containsEntry("gen_ai.usage.input_tokens", 10L)
                .containsEntry("gen_ai.usage.output_tokens", 7L)
                .containsEntry("gen_ai.usage.cache_read.input_tokens", 4L)
                .containsEntry("gen_ai.response.finish_reasons", List.of("stop", "length"))
                .containsEntry("tokapu.latency.preparation", 0.25)
                .containsEntry("gen_ai.latency.time_in_queue", 0.5)
                .containsEntry("gen_ai.latency.time_in_model_prefill", 1.0)
                .containsEntry("gen_ai.latency.time_to_first_token", 2.0)
                .containsEntry("gen_ai.latency.time_in_model_decode", 3.0)
                .doesNotContainKey("error.type");
        assertThat(ended)
                .filteredOn(one -> one.getParentSpanId().equals(span.getSpanId()))
                .extracting(
                        SpanData::getName, one -> Duration.ofNanos(one.getEndEpochNanos() - one.getStartEpochNanos()))
                .containsExactly(
                        tuple("queue", Duration.ofMillis(500)),
                        tuple("prefill", Duration.ofSeconds(1)),
                        tuple("decode", Duration.ofMillis(3500)));
    }

    @Test
    void span_traceparent_isTheParent() {
        TraceContext trace =
                new TraceContext(Map.of("traceparent", "00-" + TRACE + "-" + PARENT + "-01", "tracestate", "a=b"));
        SpanData span = span("GET", "/v1/models", 200, null, NOTHING, trace);
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(PARENT);
        assertThat(span.getSpanContext().getTraceState().get("a")).isEqualTo("b");
        assertThat(span.getName()).isEqualTo("GET /v1/models");
        assertThat(span.getAttributes().get(AttributeKey.stringKey("gen_ai.operation.name")))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "nonsense", "00-" + TRACE + "-0000000000000000-01", "ff-" + TRACE + "-" + PARENT + "-01"})
    void span_traceparentThatIsWrong_isNotThere(String parent) {
        SpanData span = span("GET", "/v1/models", 200, null, NOTHING, new TraceContext(Map.of("traceparent", parent)));
        assertThat(span.getParentSpanId()).isEqualTo(SpanId.getInvalid());
        assertThat(span.getTraceId()).isNotEqualTo(TRACE);
    }

    @Test
    void span_problem_isItsCode_andAnErrorWhereTheServerIsToBlame() {
        Problem problem = Problem.of(Problem.Kind.UNAVAILABLE, "secret").withCode("closing");
        CallWork work = new CallWork(null, null, null, true, Duration.ZERO, List.of(), null, problem);
        SpanData span = span("POST", "/v1/completions", 200, null, work, TraceContext.NONE);
        assertThat(attributes(span)).containsEntry("error.type", "closing");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.toString()).doesNotContain("secret");
    }

    @Test
    void span_wrongRequest_isNoErrorOfTheServer() {
        CallWork work = new CallWork(
                null, null, null, false, Duration.ZERO, List.of(), null, Problem.parameter("n", "n must be 1"));
        SpanData span = span("POST", "/v1/completions", 400, null, work, TraceContext.NONE);
        assertThat(attributes(span)).containsEntry("error.type", "invalid");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void span_probe_hasNoSpan() {
        CallObserver observer = new CallTracer(sdk)
                .arrived(new ArrivedCall("req_1", END, "GET", "/ready", "/ready", TraceContext.NONE));
        observer.ended(new FinishedCall(
                "req_1",
                END,
                "127.0.0.1:5000",
                Caller.ANYONE,
                "GET",
                "/ready",
                "/ready",
                200,
                false,
                Duration.ZERO,
                null,
                Usage.NONE,
                NOTHING));
        assertThat(observer.span()).isNull();
        assertThat(spans.getFinishedSpanItems()).isEmpty();
    }
}
