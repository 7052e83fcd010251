package dev.tokapu.server.batches;

import static dev.tokapu.server.batches.BatchFixture.ONE;
import static dev.tokapu.server.batches.BatchFixture.json;
import static dev.tokapu.server.batches.BatchFixture.line;
import static dev.tokapu.server.batches.BatchFixture.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.batches.BatchFixture.ChangingKeys;
import dev.tokapu.server.batches.BatchFixture.FakeClock;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with batches and their files. */
@Timeout(120)
class HostileBatchTest {

    private static final String URL = BatchFixture.URL;

    @TempDir
    private Path folder;

    private BatchFixture server;

    @BeforeEach
    void start() {
        server = new BatchFixture(
                folder, new FakeClock(), new ChangingKeys(), new BatchLimits(2, 50, 10_000, 500, 3, 4));
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** The errors of a batch of these lines, as "line code". */
    private List<String> errors(List<String> lines) {
        return errors(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    private List<String> errors(byte[] content) {
        String file = json(server.upload(ONE, "x", Map.of("purpose", "batch"), content), 200)
                .require("id")
                .text();
        String id = json(server.tryBatch(ONE, file, ""), 200).require("id").text();
        JsonObject failed = server.awaitStatus(ONE, id, "failed");
        assertThat(failed.names()).contains("failed_at").doesNotContain("in_progress_at", "output_file_id");
        assertThat(server.api.prompts).isEmpty();
        return failed.require("errors").object().elements("data").stream()
                .map(JsonValue::object)
                .map(error -> error.integer("line", 0, 1000) + " " + error.text("code"))
                .toList();
    }

    @Test
    void wrongLines_areToldOneByOne_andNothingIsAsked() {
        List<String> lines = new ArrayList<>(lines("fine"));
        lines.add("{\"custom_id\":");
        lines.add(line("c0", "POST", URL, "twice"));
        lines.add(line("c1", "GET", URL, "x"));
        lines.add(line("c2", "POST", "/v1/chat/completions", "x"));
        lines.add(line("c3", "POST", "http://169.254.169.254/latest", "x"));
        lines.add("[1]");
        lines.add("{\"custom_id\":\"c4\",\"method\":\"POST\",\"url\":\"" + URL + "\"}");
        lines.add("{\"method\":\"POST\",\"url\":\"" + URL + "\",\"body\":{}}");
        lines.add(line("", "POST", URL, "x"));
        lines.add(line("c".repeat(600), "POST", URL, "x"));
        lines.add("{\"custom_id\":\"c5\",\"method\":\"POST\",\"url\":\"" + URL + "\",\"body\":{\"stream\":true}}");
        lines.add("{\"custom_id\":\"c6\",\"method\":\"POST\",\"url\":\"" + URL + "\",\"body\":{},\"headers\":{}}");
        lines.add("{\"custom_id\":\"c7\",\"custom_id\":\"c8\"}");
        lines.add("a\u0000b");
        lines.add("[".repeat(400));
        lines.add(line("c9", "POST", URL, "last, and fine"));
        assertThat(errors(lines))
                .containsExactly(
                        "2 invalid_json_line",
                        "3 duplicate_custom_id",
                        "4 invalid_method",
                        "5 invalid_url",
                        "6 invalid_url",
                        "7 invalid_json_line",
                        "8 missing_required_parameter",
                        "9 missing_required_parameter",
                        "10 invalid_custom_id",
                        "11 line_too_long",
                        "12 invalid_request",
                        "13 unknown_parameter",
                        "14 invalid_json_line",
                        "15 invalid_json_line",
                        "16 invalid_json_line");
    }

    @Test
    void filesThatAreNoText_fail() {
        assertThat(errors(new byte[0])).containsExactly("null empty_file");
        assertThat(errors("\n \r\n\t\n".getBytes(StandardCharsets.UTF_8))).containsExactly("null empty_file");
        assertThat(errors(new byte[] {(byte) 0xff, (byte) 0xfe, 0, '\n', (byte) 0xc3}))
                .containsExactly("1 invalid_json_line", "2 invalid_json_line");
        assertThat(errors(new byte[10_000])).containsExactly("1 line_too_long");
        assertThat(errors(Collections.nCopies(5000, "x"))).hasSize(100);
    }

    @Test
    void tooManyRequests_areRefused_andSoIsAFileThatIsTooLong() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 51; i++) {
            lines.add(line("c" + i, "POST", URL, "x"));
        }
        assertThat(errors(lines)).containsExactly("null too_many_tasks");
        String file = json(server.upload(ONE, "x", Map.of("purpose", "batch"), new byte[10_001]), 200)
                .require("id")
                .text();
        assertThat(server.tryBatch(ONE, file, "").sent()).contains("a batch may have 10000");
    }

    @Test
    void linesOfOtherSystems_areRead() {
        String text = "\r\n" + String.join("\r\n\r\n", lines("a", "b"));
        String file = json(
                        server.upload(ONE, "x", Map.of("purpose", "batch"), text.getBytes(StandardCharsets.UTF_8)), 200)
                .require("id")
                .text();
        String id = json(server.tryBatch(ONE, file, ""), 200).require("id").text();
        JsonObject done = server.awaitStatus(ONE, id, "completed");
        assertThat(server.output(ONE, done.text("output_file_id"))).containsOnlyKeys("c0", "c1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|input_file_id",
                "{\"input_file_id\":\"../../etc/passwd\"}|input_file_id",
                "{\"input_file_id\":\"FILE\"}|endpoint",
                "{\"input_file_id\":\"FILE\",\"endpoint\":\"/v1/files\"}|endpoint",
                "{\"input_file_id\":\"FILE\",\"endpoint\":\"/v1/chat/completions\"}|endpoint",
                "{\"input_file_id\":\"FILE\",\"endpoint\":\"/v1/completions\"}|completion_window",
                "{\"input_file_id\":\"FILE\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"1h\"}|completion_window",
                "{\"input_file_id\":\"FILE\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"24h\",\"metadata\":{\"a\":1}}|metadata.a",
                "{\"input_file_id\":\"FILE\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"24h\",\"output_expires_after\":{\"anchor\":\"created_at\",\"seconds\":1}}|output_expires_after.seconds",
                "{\"input_file_id\":\"FILE\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"24h\",\"bogus\":1}|bogus"
            })
    void wrongParameter_isNamed(String body, String parameter) {
        String file = server.uploadLines(ONE, lines("x"));
        FakeExchange refused = server.send(ONE, new FakeExchange("POST", "/v1/batches", body.replace("FILE", file)));
        assertThat(json(refused, 400).require("error").object().text("param")).isEqualTo(parameter);
        assertThat(server.get(ONE, "/v1/batches").elements("data")).isEmpty();
    }

    @Test
    void fileOfAnotherPurpose_isNoBatch() {
        String file = json(server.upload(ONE, "x", Map.of("purpose", "user_data"), new byte[1]), 200)
                .require("id")
                .text();
        assertThat(server.tryBatch(ONE, file, "").sent()).contains("upload it with the purpose batch");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET /v1/batches/x", "POST /v1/batches/x", "POST /v1/batches/x/cancel", "GET /v1/batches/../x"})
    void whatIsNotThere_is404(String request) {
        String[] words = request.split(" ", -1);
        assertThat(server.send(ONE, new FakeExchange(words[0], words[1], "")).status)
                .isEqualTo(404);
    }

    @Test
    void lineReader_countsBytesOfLinesOfAnyLength() throws IOException {
        String text = "a\n\n" + "b".repeat(70_000) + "\n" + "c".repeat(200_000) + "\nd";
        LineReader lines = new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 100_000);
        assertThat(lines.next()).hasSize(1);
        assertThat(lines.next()).isEmpty();
        assertThat(lines.next()).hasSize(70_000);
        assertThat(lines.bytes()).isEqualTo(70_004);
        assertThatThrownBy(lines::next).hasMessageContaining("has 200000 bytes");
        assertThat(lines.next()).isEqualTo(new byte[] {'d'});
        assertThat(lines.number()).isEqualTo(5);
        assertThat(lines.bytes()).isEqualTo(text.length() - 1);
        assertThat(lines.next()).isNull();
    }
}
