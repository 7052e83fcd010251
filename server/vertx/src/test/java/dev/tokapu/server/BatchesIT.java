package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.server.ServerFixture.Reply;
import dev.tokapu.server.api.FinishedCall;
import dev.tokapu.server.batches.BatchLimits;
import dev.tokapu.server.model.ServedModel;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** /v1/batches over sockets, with an engine. */
@Timeout(300)
class BatchesIT {

    private static final String COMPLETIONS = "/v1/completions";
    private static final int LONG = 30_000;

    @TinyModel
    private static Model model;

    @TempDir
    private Path folder;

    private final Collection<FinishedCall> log = new ConcurrentLinkedQueue<>();
    private ServerFixture http;

    @BeforeEach
    void start() {
        http = new ServerFixture(
                model,
                2,
                LONG + 1000,
                ServerOptions.builder()
                        .files(folder)
                        .batchLimits(BatchLimits.defaults().withParallel(2))
                        .callObserver(log::add)
                        .build());
    }

    @AfterEach
    void close() {
        http.close();
    }

    private static String line(String id, String url, String body) {
        return "{\"custom_id\":\"" + id + "\",\"method\":\"POST\",\"url\":\"" + url + "\",\"body\":" + body + "}";
    }

    private String create(String endpoint, List<String> lines) {
        byte[] content = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        Reply file = http.send(new FormData()
                .field("purpose", "batch")
                .file("file", "in.jsonl", content)
                .to(http.to("/v1/files")));
        assertThat(file.status()).as(file.json().toString()).isEqualTo(200);
        Reply batch = http.post(
                "/v1/batches",
                "{\"input_file_id\":\"" + file.json().path("id").asText() + "\",\"endpoint\":\"" + endpoint
                        + "\",\"completion_window\":\"24h\"}");
        assertThat(batch.status()).as(batch.json().toString()).isEqualTo(200);
        return batch.json().path("id").asText();
    }

    private JsonNode get(String id) {
        Reply reply = http.get("/v1/batches/" + id);
        assertThat(reply.status()).as(reply.json().toString()).isEqualTo(200);
        return reply.json();
    }

    private JsonNode await(String id, String status) {
        ServerFixture.await(status, () -> get(id).path("status").asText().equals(status));
        return get(id);
    }

    private Map<String, JsonNode> output(JsonNode batch, String file) {
        Map<String, JsonNode> lines = new HashMap<>();
        String text =
                http.text("/v1/files/" + batch.path(file).asText() + "/content").body();
        for (String line : text.split("\n", -1)) {
            if (!line.isEmpty()) {
                JsonNode json = ServerFixture.json(line);
                assertThat(lines.put(json.path("custom_id").asText(), json)).isNull();
            }
        }
        return lines;
    }

    @Test
    void answers_areThoseOfTheSameRequests() {
        String complete = "{\"prompt\":\"one two\",\"max_tokens\":5,\"temperature\":0}";
        String chat = "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":5,\"temperature\":0}";
        String respond = "{\"input\":\"x\",\"max_output_tokens\":5,\"temperature\":0,\"store\":false}";
        Map<String, String> bodies =
                Map.of(COMPLETIONS, complete, "/v1/chat/completions", chat, "/v1/responses", respond);
        bodies.forEach((url, body) -> {
            String id =
                    create(url, List.of(line("a", url, body), line("b", url, body), line("c", url, "{\"bogus\":1}")));
            JsonNode done = await(id, "completed");
            assertThat(done.path("request_counts").toString()).isEqualTo("{\"total\":3,\"completed\":2,\"failed\":1}");
            JsonNode usage = done.path("usage");
            assertThat(usage.path("output_tokens").asInt()).isEqualTo(10);
            assertThat(usage.path("total_tokens").asInt())
                    .isEqualTo(usage.path("input_tokens").asInt() + 10);
            JsonNode alone = http.post(url, body).json();
            JsonNode answer =
                    output(done, "output_file_id").get("b").path("response").path("body");
            OpenApi.checkResponse(url, 200, answer);
            for (String part : List.of("/choices/0/text", "/choices/0/message", "/output/0/content")) {
                assertThat(answer.at(part)).isEqualTo(alone.at(part));
            }
            JsonNode failed = output(done, "error_file_id").get("c").path("response");
            assertThat(failed.path("status_code").asInt()).isEqualTo(400);
            OpenApi.checkResponse(url, 400, failed.path("body"));
            String request = failed.path("request_id").asText();
            ServerFixture.await(
                    "the failure in the log",
                    () -> log.stream()
                            .anyMatch(call -> call.id().equals(request)
                                    && call.status() == 400
                                    && call.remoteAddress().equals(id)));
        });
        JsonNode recent = ServerFixture.json(http.text("/tokapu/engine").body());
        assertThat(recent.toString()).contains("\"/v1/responses\"");
        ServerFixture.await(
                "9 in the log, 6 by batches and 3 alone",
                () -> log.stream()
                                .filter(call -> call.usage().generatedTokens() == 5)
                                .count()
                        == 9);
        ServerFixture.await(
                "the end of the last request",
                () -> http.text("/metrics").body().contains("\ntokapu_server_batch_requests_running 0.0\n"));
        assertThat(http.text("/metrics").body().lines())
                .contains(
                        "tokapu_server_batches 0.0",
                        "tokapu_server_batch_requests_total{result=\"completed\"} 6.0",
                        "tokapu_server_batch_requests_total{result=\"failed\"} 3.0",
                        "tokapu_server_batch_tokens_total{type=\"generated\"} 30.0");
    }

    @Test
    void drain_pausesABatch_andTheNextStartGoesOn() {
        String longer = "{\"prompt\":\"x\",\"max_tokens\":" + LONG + ",\"ignore_eos\":true}";
        List<String> lines = IntStream.range(0, 6)
                .mapToObj(i -> line("c" + i, COMPLETIONS, i < 2 ? "{\"prompt\":\"x\",\"max_tokens\":1}" : longer))
                .toList();
        String id = create(COMPLETIONS, lines);
        ServerFixture.await(
                "two answers",
                () -> get(id).path("request_counts").path("completed").asInt() == 2);
        ServerFixture.await("the generation", () -> http.engine.snapshot().generating() > 0);
        assertThat(http.server.drain(Duration.ofMillis(50))).isTrue();
        http.close();
        start();
        JsonNode goesOn = get(id);
        assertThat(goesOn.path("status").asText()).isEqualTo("in_progress");
        assertThat(goesOn.path("request_counts").path("completed").asInt())
                .as("what was done before")
                .isEqualTo(2);
        ServerFixture.await("the generation", () -> http.engine.snapshot().generating() > 0);
        Reply cancelled = http.post("/v1/batches/" + id + "/cancel", "");
        assertThat(cancelled.json().path("status").asText()).isEqualTo("cancelling");
        JsonNode done = await(id, "cancelled");
        assertThat(output(done, "output_file_id")).containsOnlyKeys("c0", "c1");
        ServerFixture.await("the end of what ran", () -> http.engine.snapshot().generating() == 0);
        assertThat(http.get("/v1/batches").json().path("data")).hasSize(1);
    }

    @Test
    void start_thatFails_letsTheFolderGo() {
        http.close();
        Path own = folder.resolve("own");
        try (ServerFixture other = new ServerFixture(model, 1, 64, ServerOptions.defaults())) {
            ServerOptions taken =
                    ServerOptions.builder().files(own).port(other.server.port()).build();
            List<ServedModel> models = List.of(new ServedModel("x", List.of(), other.engine));
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> Server.start(taken, models))
                    .withMessageContaining("cannot listen");
            Server.start(taken.toBuilder().port(0).build(), models).close();
        }
    }
}
