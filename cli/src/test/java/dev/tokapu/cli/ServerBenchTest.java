package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ./tokapu bench --serve, without a model. */
@Timeout(60)
class ServerBenchTest {

    private static final String PIECE = "{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}";
    private static final String USAGE = "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}";
    private static final String URL = "http://127.0.0.1:1";

    private final FakeConsole fake = new FakeConsole("");

    private int bench(String url, String... more) {
        String[] args = new String[more.length + 7];
        System.arraycopy(
                new String[] {"bench", "--serve", url, "--prompt", "4", "--gen", "2"},
                0,
                args,
                0,
                args.length - more.length);
        System.arraycopy(more, 0, args, 7, more.length);
        return fake.run(args);
    }

    private void assertOneLine(int code, String... parts) {
        assertThat(code).as(fake.err()).isEqualTo(ExitCode.SERVER);
        assertThat(fake.out()).isEmpty();
        assertThat(fake.err().strip())
                .startsWith("tokapu: http")
                .contains(parts)
                .doesNotContain("\n");
    }

    @Test
    void table_hasTheFiguresAndTheFirstModel() throws Exception {
        try (ScriptedServer server = ScriptedServer.streaming(PIECE, PIECE, USAGE, "[DONE]")) {
            assertThat(bench(server.url(), "--users", "2", "--requests", "5", "--goodput", "ttft:60000"))
                    .as(fake.err())
                    .isZero();
            assertThat(fake.err()).contains("first", "5 requests by 2 users");
            assertThat(fake.out())
                    .contains("5 answered, 0 refused, 0 failed", "5 of 5", "| TTFT ", "| TPOT ", "| ITL ", "| E2EL ");
            assertThat(server.bodies.get(1)).contains("\"model\":\"first\"").doesNotContain("ignore_eos");
            assertThat(server.heads.get(1))
                    .startsWith("POST /v1/chat/completions ")
                    .doesNotContain("authorization");
        }
    }

    @Test
    void json_hasTheNamesOfVllm(@TempDir Path folder) throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "# mine\nsk-0123456789abcdef name=one\n");
        try (ScriptedServer server = ScriptedServer.streaming(PIECE, USAGE, "[DONE]")) {
            int code = bench(
                    server.url() + "/v1/",
                    "--json",
                    "--quiet",
                    "--rate=1000",
                    "--requests=3",
                    "--endpoint=completions",
                    "--name=b",
                    "--ignore-eos",
                    "--warm-up=0",
                    "--api-key-file=" + keys);
            assertThat(code).as(fake.err()).isZero();
            assertThat(fake.err()).isEmpty();
            assertThat(JsonText.flat(fake.out()))
                    .containsEntry("/model_id", "b")
                    .containsEntry("/request_rate", "1000.0")
                    .containsEntry("/completed", "3")
                    .containsEntry("/failed", "0")
                    .containsEntry("/total_input_tokens", "27")
                    .containsEntry("/total_output_tokens", "6")
                    .containsKeys(
                            "/request_throughput", "/mean_ttft_ms", "/p99_e2el_ms", "/p50_itl_ms", "/p90_tpot_ms");
            assertThat(server.bodies.get(1)).contains("\"prompt\":", "\"ignore_eos\":true", "\"model\":\"b\"");
            assertThat(server.heads.get(1))
                    .startsWith("POST /v1/completions ")
                    .containsIgnoringCase("authorization: Bearer sk-0123456789abcdef\n");
        }
    }

    @Test
    void nothingListens_isToldInOneLine() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertOneLine(bench("http://127.0.0.1:" + port), "cannot connect", "start the server");
    }

    @Test
    void wrongKey_isToldInOneLine() throws Exception {
        try (ScriptedServer server = ScriptedServer.refusing("401 Unauthorized")) {
            assertOneLine(bench(server.url()), "status 401", "--api-key-file");
            assertThat(server.heads).hasSize(1);
        }
    }

    @Test
    void brokenServer_isToldInOneLine() throws Exception {
        String failure = ScriptedServer.status("500 Oops", "application/json", "{\n  \"error\": \"broken\"\n}");
        try (ScriptedServer server = ScriptedServer.answering(failure)) {
            assertOneLine(bench(server.url()), "status 500: { \"error\": \"broken\" }", "log of the server");
        }
    }

    @Test
    void answerCutInTheMiddle_isToldInOneLine() throws Exception {
        try (ScriptedServer server = ScriptedServer.streaming(PIECE)) {
            assertOneLine(bench(server.url(), "--quiet"), "the answer ended before [DONE]");
        }
    }

    @Test
    void connectionCutInAChunk_isToldInOneLine() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\nff\r\ndata: ")) {
            assertOneLine(bench(server.url(), "--quiet"), "the connection was cut");
        }
    }

    @Test
    void answerThatIsNoStream_isToldInOneLine() throws Exception {
        String whole = ScriptedServer.status("200 OK", "application/json", "{\"choices\":[]}");
        try (ScriptedServer server = ScriptedServer.answering(whole)) {
            assertOneLine(bench(server.url()), "no event stream", "application/json", "--endpoint");
        }
    }

    @Test
    void serverWithTooMuchToDo_isToldInOneLine() throws Exception {
        try (ScriptedServer server =
                ScriptedServer.answering(ScriptedServer.status("429 Too Many Requests", "application/json", "{}"))) {
            assertOneLine(bench(server.url()), "too much to do");
        }
    }

    @Test
    void failuresWithoutWarmUp_areCountedByKind() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(ScriptedServer.status("500 Oops", "text/plain", "no"))) {
            assertThat(bench(server.url(), "--warm-up", "0", "--requests", "3")).isEqualTo(ExitCode.SERVER);
            assertThat(fake.out())
                    .contains("0 answered, 0 refused, 3 failed")
                    .containsPattern("status 500: no +\\| 3 ");
            assertThat(fake.err()).contains("status 500");
        }
    }

    @Test
    void serverWithoutModels_wantsAName() throws Exception {
        try (ScriptedServer server = ScriptedServer.refusing("404 Not Found")) {
            assertOneLine(bench(server.url()), "/v1/models", "status 404", "--name");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--users 0, --users 0",
        "--users 2 --rate 1, exclude each other",
        "--rate 0, --rate 0.0",
        "--requests 0, --requests 0",
        "--endpoint text, chat or completions",
        "--goodput ttft, is no goal",
        "--warm-up -1, --warm-up -1",
        "--threads 2, --threads is of a model",
        "--model x.gguf, --model is of a model",
        "--repetitions 2, --repetitions is of a model",
        "--prompt 0, --prompt 0",
        "--api-key-file no-such-file, cannot be read"
    })
    void wrongOptions_areRefusedBeforeAnythingIsSent(String options, String expected) {
        String[] words = options.split(" ", -1);
        String[] args = new String[words.length + 3];
        args[0] = "bench";
        args[1] = "--serve";
        args[2] = URL;
        System.arraycopy(words, 0, args, 3, words.length);
        assertThat(fake.run(args)).as(fake.err()).isEqualTo(ExitCode.USAGE);
        assertThat(fake.err()).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({"ftp://h:1", "localhost:8080", "http://", "not a url"})
    void otherAddresses_areRefused(String url) {
        assertThat(bench(url)).isEqualTo(ExitCode.USAGE);
        assertThat(fake.err()).contains("no address of a server", "http://127.0.0.1:8080");
    }

    @Test
    void optionOfALoad_wantsAServer() {
        assertThat(fake.run("bench", "--users", "2")).isEqualTo(ExitCode.USAGE);
        assertThat(fake.err()).contains("--users is for a server", "--serve URL");
    }
}
