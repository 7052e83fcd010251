package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.server.api.FinishedCall;
import dev.tokapu.server.caller.ApiKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that are answered before their bodies are there. */
@Timeout(300)
class RefusalsIT {

    private static final String KEY = "sk-one-0123456789abcdef";
    private static final String ORIGIN = "https://app.example";
    private static final int LONGEST = 1000;

    @TinyModel
    private static Model model;

    private final Queue<FinishedCall> log = new ConcurrentLinkedQueue<>();
    private ServerFixture http;

    @BeforeEach
    void start() {
        ServerOptions options = ServerOptions.builder()
                .callers(ApiKeys.parse(List.of(KEY + " name=one")))
                .corsOrigins(Set.of(ORIGIN))
                .maxBodyBytes(LONGEST)
                .callObserver(log::add)
                .build();
        http = new ServerFixture(model, 1, 512, options);
    }

    @AfterEach
    void close() {
        http.close();
    }

    private RawClient begin(String line, String headers, int length) throws IOException {
        return new RawClient(http.server.port())
                .send(line + " HTTP/1.1\r\nhost: localhost\r\n" + headers + "content-length: " + length + "\r\n\r\n");
    }

    private static String key() {
        return "authorization: Bearer " + KEY + "\r\n";
    }

    /** With a body of 700 bytes. */
    private String complete() throws IOException {
        String body = "{\"prompt\":\"hello\",\"max_tokens\":2}";
        try (RawClient client = begin("POST /v1/completions", key() + "connection: close\r\n", 700)) {
            return client.send(body + " ".repeat(700 - body.length())).readToEnd();
        }
    }

    private void holdsUpNobody(String line) throws IOException {
        List<RawClient> strangers = new ArrayList<>();
        for (int i = 0; i <= RequestReader.MOST_BODIES; i++) {
            strangers.add(begin(line, "", LONGEST).send("x".repeat(LONGEST - 1)));
        }
        ServerFixture.await("the connections", () -> http.server.connections() > 0);
        assertThat(complete()).startsWith("HTTP/1.1 200");
        for (RawClient stranger : strangers) {
            stranger.cut();
        }
    }

    @Test
    void bodiesWithoutAKey_filledTheMemoryOfAll_andAreNotKept() throws Exception {
        holdsUpNobody("POST /v1/completions");
    }

    @Test
    void bodiesOfRequestsThatHaveNone_filledTheMemoryOfAll_andAreNotKept() throws Exception {
        holdsUpNobody("GET /health");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/chat/completions | \"type\":\"authentication_error\",\"param\":null,\"code\":\"invalid_api_key\"",
                "/v1/messages         | {\"type\":\"error\",\"error\":{\"type\":\"authentication_error\"",
                "/api/chat            | {\"error\":\"",
                "/completion          | {\"error\":{\"code\":401",
            })
    void withoutAKey_isAnsweredAtOnce_asTheApiTells(String path, String body) throws Exception {
        String headers = "origin: " + ORIGIN + "\r\nx-request-id: mine\r\n";
        try (RawClient client = begin("POST " + path, headers, LONGEST)) {
            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.1 401")
                    .contains(
                            body,
                            "x-request-id: mine\r\n",
                            "www-authenticate: Bearer\r\n",
                            "access-control-allow-origin: " + ORIGIN + "\r\n",
                            "connection: close\r\n");
        }
        assertThat(log).singleElement().satisfies(call -> {
            assertThat(call.id()).isEqualTo("mine");
            assertThat(call.route()).isEqualTo(path);
            assertThat(call.status()).isEqualTo(401);
        });
    }

    @Test
    void pageOfAnotherHost_isRefusedBeforeItsBody() throws Exception {
        String headers = key() + "origin: https://other.example\r\n";
        try (RawClient client = begin("POST /v1/completions", headers, LONGEST)) {
            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.1 403")
                    .contains("origin_not_allowed")
                    .doesNotContain("access-control-allow-origin");
        }
    }

    @Test
    void bodyThatIsTooLong_wasToldInAnotherApisForm_withoutAnIdAndALine() throws Exception {
        try (RawClient client = begin("POST /v1/messages", key(), 2 * LONGEST).send("x".repeat(2 * LONGEST))) {
            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.1 413")
                    .contains("{\"type\":\"error\",\"error\":{\"type\":\"request_too_large\"", "\nx-request-id: req_");
        }
        assertThat(log).singleElement().satisfies(call -> {
            assertThat(call.caller().name()).isEqualTo("one");
            assertThat(call.status()).isEqualTo(413);
        });
    }

    @Test
    void bodiesThatAreTooLongTogether_areToldWhenToTryAgain() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i <= RequestReader.MOST_BODIES; i++) {
            clients.add(begin("POST /v1/completions", key(), LONGEST).send("x".repeat(LONGEST - 1)));
        }
        ServerFixture.await("a refusal", () -> !log.isEmpty());
        assertThat(log).allSatisfy(call -> assertThat(call.status()).isEqualTo(503));
        try (RawClient one = begin("POST /api/generate", key(), LONGEST).send("x".repeat(LONGEST - 1))) {
            ServerFixture.await("another", () -> log.size() == 2);
            assertThat(one.readToEnd())
                    .startsWith("HTTP/1.1 503")
                    .contains("retry-after: 1\r\n", "{\"error\":\"too many long requests");
        }
        for (RawClient client : clients) {
            client.cut();
        }
    }
}
