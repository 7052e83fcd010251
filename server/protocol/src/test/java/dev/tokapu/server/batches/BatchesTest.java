package dev.tokapu.server.batches;

import static dev.tokapu.server.batches.BatchFixture.ONE;
import static dev.tokapu.server.batches.BatchFixture.TWO;
import static dev.tokapu.server.batches.BatchFixture.await;
import static dev.tokapu.server.batches.BatchFixture.counts;
import static dev.tokapu.server.batches.BatchFixture.expected;
import static dev.tokapu.server.batches.BatchFixture.json;
import static dev.tokapu.server.batches.BatchFixture.lines;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.batches.BatchFixture.ChangingKeys;
import dev.tokapu.server.batches.BatchFixture.FakeClock;
import dev.tokapu.server.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life of batches. */
@Timeout(120)
class BatchesTest {

    @TempDir
    private Path folder;

    private final FakeClock clock = new FakeClock();
    private final ChangingKeys keys = new ChangingKeys();
    private final BatchLimits limits = new BatchLimits(2, 50, 100_000, 1000, 3, 4);
    private BatchFixture server;

    @BeforeEach
    void start() {
        server = new BatchFixture(folder, clock, keys, limits);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void restart() {
        server.close();
        start();
    }

    private String cancel(String id) {
        return json(server.send(ONE, new FakeExchange("POST", "/v1/batches/" + id + "/cancel", "")), 200)
                .require("status")
                .text();
    }

    @Test
    void batch_putsAnswersIntoOneFileAndFailuresIntoAnother() {
        String file = server.uploadLines(ONE, lines("abc", "bad", "", "x\n\u0000é"));
        JsonObject made = json(
                server.tryBatch(
                        ONE,
                        file,
                        ",\"metadata\":{\"k\":\"v\"},\"output_expires_after\":{\"anchor\":\"created_at\",\"seconds\":3600}"),
                200);
        assertThat(made.require("status").text()).isEqualTo("validating");
        assertThat(made.require("metadata").object().plain()).isEqualTo(Map.of("k", "v"));
        assertThat(made.require("expires_at").integer(0L, Long.MAX_VALUE)
                        - made.require("created_at").integer(0L, Long.MAX_VALUE))
                .isEqualTo(24 * 3600);
        String id = made.require("id").text();
        JsonObject done = server.awaitStatus(ONE, id, "completed");
        assertThat(done.names())
                .contains("in_progress_at", "finalizing_at", "completed_at")
                .doesNotContain("failed_at", "errors", "key", "tenant", "ending");
        assertThat(counts(done)).isEqualTo(expected(4, 3, 1));
        Map<String, JsonObject> answers = server.output(ONE, done.text("output_file_id"));
        assertThat(answers).containsOnlyKeys("c0", "c2", "c3");
        JsonObject response = answers.get("c3").require("response").object();
        assertThat(response.require("status_code").integer(0, 999)).isEqualTo(200);
        assertThat(response.require("request_id").text()).startsWith("req_");
        assertThat(response.require("body").object().plain()).isEqualTo(Map.of("text", "é\u0000\nx"));
        assertThat(answers.get("c0").plain()).containsEntry("error", null);
        JsonObject failed = server.output(ONE, done.text("error_file_id"))
                .get("c1")
                .require("response")
                .object();
        assertThat(failed.require("status_code").integer(0, 999)).isEqualTo(400);
        assertThat(failed.require("body").object().require("error").object().text("message"))
                .isEqualTo("prompt is bad");
        JsonObject output = server.get(ONE, "/v1/files/" + done.text("output_file_id"));
        assertThat(output.text("purpose")).isEqualTo("batch_output");
        assertThat(output.text("filename")).isEqualTo(id + "_output.jsonl");
        assertThat(output.require("expires_at").integer(0L, Long.MAX_VALUE)
                        - output.require("created_at").integer(0L, Long.MAX_VALUE))
                .isEqualTo(3600);
    }

    @Test
    void requests_haveAPriorityBelowTheKeysOwn_andItsTenant() {
        server.awaitStatus(ONE, server.batch(ONE, "a"), "completed");
        assertThat(server.api.callers.element().priority()).isEqualTo(5 - 1000);
        assertThat(server.api.callers.element().tenant()).isEqualTo("one");
        server.send(ONE, new FakeExchange("POST", BatchFixture.URL, "{\"prompt\":\"a\"}"));
        assertThat(server.api.callers).anyMatch(caller -> caller.priority() == 5);
    }

    @Test
    void requests_areSoManyAtATime_andTenantsTakeTurns() {
        server.api.hold = true;
        String first = server.batch(ONE, "a1", "a2", "a3", "a4");
        await("two requests", () -> server.api.held.size() == 2);
        String second = server.batch(TWO, "b1", "b2");
        server.awaitStatus(TWO, second, "in_progress");
        assertThat(server.api.prompts).containsExactlyInAnyOrder("a1", "a2");
        server.api.held.remove().respond(Map.of());
        await("the next", () -> server.api.prompts.size() == 3);
        assertThat(server.api.prompts).contains("b1");
        server.api.release();
        assertThat(counts(server.awaitStatus(ONE, first, "completed"))).isEqualTo(expected(4, 4, 0));
        server.awaitStatus(TWO, second, "completed");
    }

    @Test
    void limitAMinute_isWaitedFor() {
        server.api.problems.add(BatchFixture.limit());
        JsonObject done = server.awaitStatus(ONE, server.batch(ONE, "a", "b"), "completed");
        assertThat(counts(done)).isEqualTo(expected(2, 2, 0));
        // Two run at a time: either may be the one that was refused.
        assertThat(server.api.prompts).hasSize(3).containsOnly("a", "b").contains("a", "b");
    }

    @Test
    void cancel_endsWhatRuns_andKeepsWhatIsDone() {
        server.api.hold = true;
        String id = server.batch(ONE, "a", "b", "c");
        await("two requests", () -> server.api.held.size() == 2);
        server.api.held.remove().respond(Map.of("text", "a"));
        await("the next", () -> server.api.prompts.size() == 3);
        assertThat(cancel(id)).isEqualTo("cancelling");
        JsonObject done = server.awaitStatus(ONE, id, "cancelled");
        assertThat(server.api.gone).hasValue(2);
        assertThat(counts(done)).isEqualTo(expected(3, 1, 0));
        assertThat(server.output(ONE, done.text("output_file_id"))).hasSize(1);
        assertThat(done.names()).contains("cancelling_at", "cancelled_at").doesNotContain("error_file_id");
        assertThat(cancel(id)).isEqualTo("cancelled");
        server.api.release();
        String whole = server.batch(ONE, "a");
        server.awaitStatus(ONE, whole, "completed");
        FakeExchange late = server.send(ONE, new FakeExchange("POST", "/v1/batches/" + whole + "/cancel", ""));
        assertThat(json(late, 400).require("error").object().text("code")).isEqualTo("batch_not_cancellable");
    }

    @Test
    void window_thatEnds_failsWhatIsNotDone() {
        server.api.hold = true;
        String id = server.batch(ONE, "a", "b", "c");
        await("two requests", () -> server.api.held.size() == 2);
        server.api.held.remove().respond(Map.of("text", "a"));
        await("the next", () -> server.api.prompts.size() == 3);
        clock.move(Duration.ofHours(25));
        JsonObject done = server.awaitStatus(ONE, id, "expired");
        assertThat(counts(done)).isEqualTo(expected(3, 1, 2));
        Map<String, JsonObject> failed = server.output(ONE, done.text("error_file_id"));
        assertThat(failed).hasSize(2);
        assertThat(failed.values()).allSatisfy(line -> {
            assertThat(line.plain()).containsEntry("response", null);
            assertThat(line.require("error").object().text("code")).isEqualTo("batch_expired");
        });
    }

    @Test
    void batches_areTheirTenantsAlone_andListedByAge() {
        String first = server.batch(ONE, "a");
        server.awaitStatus(ONE, first, "completed");
        clock.move(Duration.ofSeconds(1));
        String second = server.batch(ONE, "b");
        server.awaitStatus(ONE, second, "completed");
        restart();
        JsonObject page = json(server.send(ONE, new FakeExchange("GET", "/v1/batches", "").ask("limit", "1")), 200);
        assertThat(page.elements("data").get(0).object().text("id")).isEqualTo(second);
        assertThat(page.flag("has_more", false)).isTrue();
        JsonObject rest = json(server.send(ONE, new FakeExchange("GET", "/v1/batches", "").ask("after", second)), 200);
        assertThat(rest.text("first_id")).isEqualTo(first);
        assertThat(server.get(TWO, "/v1/batches").elements("data")).isEmpty();
        for (String method : List.of("GET", "POST")) {
            String path = "/v1/batches/" + first + (method.equals("POST") ? "/cancel" : "");
            assertThat(json(server.send(TWO, new FakeExchange(method, path, "")), 404)
                            .require("error")
                            .object()
                            .text("code"))
                    .isEqualTo("batch_not_found");
        }
        String output = server.get(ONE, "/v1/batches/" + first)
                .require("output_file_id")
                .text();
        assertThat(server.send(TWO, new FakeExchange("GET", "/v1/files/" + output + "/content", "")).status)
                .isEqualTo(404);
        String input = server.uploadLines(ONE, lines("x"));
        assertThat(json(server.tryBatch(TWO, input, ""), 400)
                        .require("error")
                        .object()
                        .text("code"))
                .isEqualTo("file_not_found");
    }

    @Test
    void input_staysUntilTheBatchHasEnded() {
        server.api.hold = true;
        String input = server.uploadLines(ONE, lines("a"));
        String id = json(server.tryBatch(ONE, input, ""), 200).require("id").text();
        String same = json(server.tryBatch(ONE, input, ""), 200).require("id").text();
        await("both", () -> server.api.held.size() == 2);
        FakeExchange delete = server.send(ONE, new FakeExchange("DELETE", "/v1/files/" + input, ""));
        assertThat(delete.status).isEqualTo(400);
        assertThat(delete.sent()).contains("cancel the batch first");
        server.api.held.remove().respond(Map.of());
        await(
                "one",
                () -> server.get(ONE, "/v1/batches/" + id).text("status").equals("completed")
                        || server.get(ONE, "/v1/batches/" + same).text("status").equals("completed"));
        assertThat(server.send(ONE, new FakeExchange("DELETE", "/v1/files/" + input, "")).status)
                .isEqualTo(400);
        server.api.release();
        server.awaitStatus(ONE, id, "completed");
        server.awaitStatus(ONE, same, "completed");
        await("the end", () -> server.send(ONE, new FakeExchange("DELETE", "/v1/files/" + input, "")).status == 200);
    }

    /** Clients that wait as long as they are told to did not try again. */
    @Test
    void tooManyUnfinished_areRefused_andToldWhenToTryAgain() {
        server.api.hold = true;
        for (int i = 0; i < 3; i++) {
            server.batch(ONE, "a");
        }
        FakeExchange refused = server.tryBatch(ONE, server.uploadLines(ONE, lines("a")), "");
        assertThat(json(refused, 429).require("error").object().text("code")).isEqualTo("batch_limit_exceeded");
        assertThat(refused.responseHeaders).containsEntry("retry-after", "30");
        server.batch(TWO, "a");
        assertThat(server.tryBatch(TWO, server.uploadLines(TWO, lines("a")), "").status)
                .isEqualTo(429);
    }
}
