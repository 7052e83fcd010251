package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send what is no HTTP. */
@Timeout(300)
class MalformedRequestsIT {

    @TinyModel
    private static Model model;

    private static ServerFixture http;

    @BeforeAll
    static void start() {
        http = new ServerFixture(model, 1, 64, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
    }

    /** Answered with 4xx, or closed; never a hang, never 500, and the server goes on. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0\1\2\3\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/9.9\r\nhost: localhost\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
                "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
                "GET /health HTTP/1.1\r\nhost: localhost\r\nx y: 1\r\n\r\n",
                "GET /health HTTP/1.1\r\nhost : localhost\r\n\r\n",
                "GET /health HTTP/1.1\r\nhost: evil.example\r\norigin: http://other.example\r\n\r\n"
            })
    void malformedRequest_isRefused_andTheServerGoesOn(String request) throws Exception {
        try (RawClient client = new RawClient(http.server.port()).send(request)) {
            client.send("GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
            String got = client.readToEnd();
            if (!got.isEmpty()) {
                assertThat(got).containsPattern("^HTTP/\\d\\.\\d (4\\d\\d|501) ");
            }
        }
        assertThat(http.get("/health").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/v1/messages", "/api/chat", "/completion"})
    void compressedBody_is415_inTheApisOwnWords(String path) throws Exception {
        try (RawClient client = new RawClient(http.server.port())
                .send("POST " + path + " HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                        + "content-encoding: gzip\r\ncontent-length: 3\r\nconnection: close\r\n\r\n\u001f\b\b")) {
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 415 ").contains("content-encoding 'gzip'");
        }
    }

    @Test
    void headers_thatAreTooLong_areRefused() throws Exception {
        try (RawClient client = new RawClient(http.server.port())
                .send("GET /health HTTP/1.1\r\nhost: localhost\r\nx-long: " + "y".repeat(40_000) + "\r\n\r\n")) {
            assertThat(client.readToEnd()).containsPattern("^HTTP/1\\.[01] 4\\d\\d ");
        }
    }
}
