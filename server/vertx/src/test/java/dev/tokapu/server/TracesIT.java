package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.server.api.CallObserver;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.trace.CallTracer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls as spans. */
@Timeout(300)
class TracesIT {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CHAT = "/v1/chat/completions";

    @TempDir
    static Path folder;

    private static final InMemorySpanExporter SPANS = InMemorySpanExporter.create();
    private static final OpenTelemetrySdk SDK = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(SPANS))
                    .build())
            .build();
    private static Model model;
    private static ServerFixture http;

    @BeforeAll
    static void start() {
        model = AdderScript.in(folder).load();
        OpenTelemetry openTelemetry = SDK;
        // @start region="trace"
        CallObserver observer = new CallTracer(openTelemetry).andThen(Service::access);
        ServerOptions options = ServerOptions.builder().callObserver(observer).build();
        // @end
        http = new ServerFixture(model, 2, 0, options);
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
        SDK.close();
    }

    @BeforeEach
    void forget() {
        SPANS.reset();
    }

    private static String chat(String question, String more) {
        return "{\"model\":\"alias\",\"temperature\":0,\"max_tokens\":300,\"messages\":[{\"role\":\"user\",\"content\":\""
                + question + "\"}]," + AdderScript.TOOLS + more + "}";
    }

    private static List<SpanData> calls() {
        return SPANS.getFinishedSpanItems().stream()
                .filter(span -> span.getKind() == SpanKind.SERVER)
                .toList();
    }

    /** The span of the only call; those within it end before. */
    private static SpanData span() {
        ServerFixture.await("a span", () -> !calls().isEmpty());
        assertThat(calls()).hasSize(1);
        return calls().get(0);
    }

    private static Map<String, Object> attributes(SpanData span) {
        return span.getAttributes().asMap().entrySet().stream()
                .collect(Collectors.toMap(one -> one.getKey().getKey(), Map.Entry::getValue));
    }

    @Test
    void chat_isPartOfTheClientsTrace_withoutItsTexts() {
        JsonNode answer = http.send(http.to(CHAT)
                        .header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01")
                        .POST(HttpRequest.BodyPublishers.ofString(chat(AdderScript.TEXT_QUESTION, "")))
                        .build())
                .json();
        SpanData span = span();
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getName()).isEqualTo("chat test");
        assertThat(attributes(span))
                .containsEntry("gen_ai.response.id", answer.path("id").asText())
                .containsEntry("gen_ai.request.model", "alias")
                .containsEntry("gen_ai.request.stream", false)
                .containsEntry("gen_ai.response.finish_reasons", List.of("stop"))
                .containsEntry(
                        "gen_ai.usage.output_tokens",
                        answer.path("usage").path("completion_tokens").asLong())
                .containsKeys(
                        "gen_ai.latency.time_in_queue",
                        "gen_ai.latency.time_in_model_prefill",
                        "gen_ai.latency.time_in_model_decode",
                        "gen_ai.latency.time_to_first_token");
        assertThat(SPANS.getFinishedSpanItems())
                .filteredOn(one -> one.getParentSpanId().equals(span.getSpanId()))
                .extracting(SpanData::getName)
                .containsExactly("queue", "prefill", "decode");
        assertThat(SPANS.getFinishedSpanItems().toString())
                .doesNotContain("!!!")
                .doesNotContain("Four");
    }

    /** A server of its own: a histogram keeps its exemplars for a while. */
    @Test
    void latencies_haveExemplars_whichNameTheCallsSpan() {
        ServerOptions options =
                ServerOptions.builder().callObserver(new CallTracer(SDK)).build();
        try (ServerFixture own = new ServerFixture(model, 2, 0, options)) {
            own.post("/v1/completions", "{\"prompt\":\"x\",\"max_tokens\":3,\"ignore_eos\":true}");
            SpanData span = span();
            String exemplar = "# {span_id=\"" + span.getSpanId() + "\",trace_id=\"" + span.getTraceId() + "\"}";
            String name = "gen_ai_server_time_to_first_token_seconds_bucket";
            ServerFixture.await(
                    "an exemplar",
                    () -> openMetrics(own).lines().anyMatch(line -> line.startsWith(name) && line.contains(exemplar)));
            assertThat(own.text("/metrics").body()).contains(name).doesNotContain("trace_id");
        }
    }

    private static String openMetrics(ServerFixture server) {
        HttpResponse<String> metrics = server.raw(server.to("/metrics")
                .header("accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
                .build());
        assertThat(metrics.headers().firstValue("content-type").orElseThrow())
                .startsWith("application/openmetrics-text; version=1.0.0");
        assertThat(metrics.body()).endsWith("# EOF\n");
        return metrics.body();
    }

    @Test
    void streamedCalls_endForCallingTools() {
        assertThat(http.stream(CHAT, chat(AdderScript.CALL_QUESTION, ",\"stream\":true")))
                .isNotEmpty();
        assertThat(attributes(span()))
                .containsEntry("gen_ai.request.stream", true)
                .containsEntry("gen_ai.response.finish_reasons", List.of("tool_calls"));
    }

    @Test
    void otherApis_haveTheirIds() {
        String more = ",\"max_tokens\":3,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
        JsonNode message =
                http.post("/v1/messages", "{\"model\":\"test\"" + more).json();
        assertThat(attributes(span()))
                .containsEntry("gen_ai.response.id", message.path("id").asText());
        SPANS.reset();
        JsonNode response = http.post("/v1/responses", "{\"input\":\"x\",\"max_output_tokens\":3}")
                .json();
        assertThat(attributes(span()))
                .containsEntry("gen_ai.response.id", response.path("id").asText());
        SPANS.reset();
        http.post(
                "/api/generate", "{\"model\":\"test\",\"prompt\":\"x\",\"raw\":true,\"options\":{\"num_predict\":2}}");
        assertThat(attributes(span())).containsEntry("gen_ai.operation.name", "text_completion");
    }

    @Test
    void otherRequests_areSpansOfHttp() {
        http.get("/v1/models/test");
        assertThat(span().getName()).isEqualTo("GET /v1/models/*");
        SPANS.reset();
        http.post(CHAT, "{\"nonsense\":1}");
        SpanData refused = span();
        assertThat(refused.getName()).isEqualTo("POST " + CHAT);
        assertThat(attributes(refused))
                .containsEntry("http.response.status_code", 400L)
                .containsEntry("error.type", "missing_required_parameter");
    }
}
