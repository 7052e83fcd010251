package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.Sampler;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that go away, take nothing, send nothing, or send too much. */
@Timeout(300)
class ConnectionsIT {

    private static final String CHAT = "/v1/chat/completions";
    private static final int LONG = 30_000;

    @TinyModel
    private static Model model;

    private ServerFixture http;

    @BeforeEach
    void start() {
        start(ServerOptions.defaults());
    }

    private void start(ServerOptions options) {
        if (http != null) {
            http.close();
        }
        http = new ServerFixture(model, 2, LONG + 1000, options);
    }

    @AfterEach
    void close() {
        http.close();
    }

    private static String request(int tokens, String more) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"ignore_eos\":true,\"max_tokens\":" + tokens
                + more + "}";
    }

    private RawClient connect() throws IOException {
        return new RawClient(http.server.port());
    }

    @Test
    void severalAddresses_areServedAtOnePort() throws Exception {
        start(ServerOptions.builder()
                .hosts(List.of("127.0.0.1", "127.0.0.2", "localhost"))
                .build());
        for (String host : List.of("127.0.0.1", "127.0.0.2")) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://" + host + ':' + http.server.port() + "/health"))
                    .build();
            assertThat(http.raw(request).statusCode()).as(host).isEqualTo(200);
        }
        int port = http.server.port();
        http.server.close();
        for (String host : List.of("127.0.0.1", "127.0.0.2")) {
            assertThatThrownBy(() -> new Socket(host, port).close()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void clientGone_whileStreaming_endsTheGeneration() throws Exception {
        RawClient client = connect().post(CHAT, request(LONG, ",\"stream\":true"));
        client.readTo("finish_reason");
        client.close();
        ServerFixture.await("the cancel", () -> http.engine.snapshot().cancelled() == 1);
        ServerFixture.await("the end of the connection", () -> http.server.connections() == 0);
    }

    @Test
    void clientGone_whileItWaitsForTheWhole_endsTheGeneration() throws Exception {
        RawClient client = connect().post(CHAT, request(LONG, ",\"n\":2"));
        ServerFixture.await("the generation", () -> http.engine.snapshot().generating() == 2);
        client.cut();
        ServerFixture.await("the cancel", () -> http.engine.snapshot().cancelled() == 2);
    }

    @Test
    void clientGone_beforeItsTurn_isTakenFromTheQueue() throws Exception {
        try (RawClient one = connect().post(CHAT, request(LONG, ",\"n\":2"))) {
            ServerFixture.await("the generation", () -> http.engine.snapshot().generating() == 2);
            RawClient waiting = connect().post(CHAT, request(LONG, ""));
            ServerFixture.await("the queue", () -> http.engine.snapshot().waiting() == 1);
            waiting.close();
            ServerFixture.await("the cancel", () -> http.engine.snapshot().cancelled() == 1);
            assertThat(http.engine.snapshot().generating()).isEqualTo(2);
        }
    }

    @Test
    void clientThatTakesNothing_isCutOff_andOthersGoOn() throws Exception {
        start(ServerOptions.builder().writeTimeout(Duration.ofMillis(200)).build());
        String much = ",\"stream\":true,\"logprobs\":true,\"top_logprobs\":20";
        try (RawClient stuck = connect().post(CHAT, request(1000, much));
                RawClient other = connect().post(CHAT, request(5, ""))) {
            assertThat(other.readTo("completion_tokens\":5")).startsWith("HTTP/1.1 200");
            ServerFixture.await("the cut", () -> http.server.connections() == 1);
            assertThat(stuck.readToEnd()).doesNotContain("[DONE]");
        }
    }

    /** Nothing is computed that it does not take. */
    private void awaitPause() {
        ServerFixture.await("the pause", () -> {
            var now = http.engine.snapshot();
            return now.generatedTokens() > 0 && now.running() == 1 && now.generating() == 0;
        });
    }

    @Test
    void clientThatIsSlow_pausesItsAnswer_andGetsAllOfIt() throws Exception {
        String much = ",\"stream\":true,\"logprobs\":true,\"top_logprobs\":20";
        try (RawClient slow = connect().post(CHAT, request(800, much))) {
            awaitPause();
            assertThat(http.post(CHAT, request(5, "")).status()).isEqualTo(200);
            assertThat(http.engine.snapshot().completed()).isEqualTo(1);
            String body = slow.readTo("[DONE]");
            assertThat(body.split("\"logprob\":", -1)).hasSizeGreaterThan(800 * 20);
        }
        assertThat(http.engine.snapshot().completed()).isEqualTo(2);
    }

    @Test
    void silence_ofAnIdleConnection_endsIt() throws Exception {
        start(ServerOptions.builder().readTimeout(Duration.ofMillis(200)).build());
        try (RawClient idle = connect();
                RawClient half = connect().send("POST /v1/chat/completions HTTP/1.1\r\nhost: loc");
                RawClient body = connect()
                        .send("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n{")) {
            assertThat(idle.readToEnd()).isEmpty();
            assertThat(half.readToEnd()).isEmpty();
            assertThat(body.readToEnd()).isEmpty();
        }
    }

    @Test
    void silence_whileAnAnswerIsAwaited_isFine() throws Exception {
        start(ServerOptions.builder().readTimeout(Duration.ofSeconds(1)).build());
        CountDownLatch goOn = new CountDownLatch(1);
        http.engine.submit(Request.builder(new int[] {5})
                .samplers(Sampler.customLogits((tokens, candidates) -> await(goOn)), Sampler.greedy())
                .maxTokens(1)
                .build());
        ServerFixture.await(
                "the answer that holds it", () -> http.engine.snapshot().running() == 1);
        try (RawClient client = connect().post(CHAT, request(5, ""))) {
            try (RawClient idle = connect()) {
                assertThat(idle.readToEnd())
                        .as("one that was silent for less time")
                        .isEmpty();
            }
            goOn.countDown();
            assertThat(client.readTo("completion_tokens\":5")).startsWith("HTTP/1.1 200");
        } finally {
            goOn.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void connections_beyondTheLimit_areClosed() throws Exception {
        start(ServerOptions.builder().maxConnections(2).build());
        try (RawClient one = connect();
                RawClient two = connect()) {
            ServerFixture.await("the connections", () -> http.server.connections() == 2);
            try (RawClient three = connect()) {
                assertThat(three.readToEnd()).isEmpty();
            }
            assertThat(one.send("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n")
                            .readTo("ok"))
                    .startsWith("HTTP/1.1 200");
            two.cut();
        }
    }

    @Test
    void body_thatIsTooLong_isRefusedBeforeItIsRead() throws Exception {
        start(ServerOptions.builder().maxBodyBytes(1000).build());
        try (RawClient client = connect()
                .send("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\n"
                        + "x".repeat(2000))) {
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 413").contains("longer than 1000 bytes");
        }
        assertThat(http.post(CHAT, request(2, "")).status()).isEqualTo(200);
    }

    @Test
    void bodies_thatAreTooLongTogether_areRefused() throws Exception {
        start(ServerOptions.builder().maxBodyBytes(1000).build());
        String head = "POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n";
        List<RawClient> clients = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 2 * RequestReader.MOST_BODIES && refused == 0; i++) {
            clients.add(connect().send(head + "x".repeat(900)));
            ServerFixture.await("the connection", () -> http.server.connections() > 0);
            refused = http.post(CHAT, request(2, "x".repeat(700).replace("x", " ")))
                                    .status()
                            == 503
                    ? 1
                    : 0;
        }
        assertThat(refused).isEqualTo(1);
        for (RawClient client : clients) {
            client.cut();
        }
        ServerFixture.await("room", () -> http.post(CHAT, request(2, "")).status() == 200);
    }

    @Test
    void drain_letsAnswersComeToTheirEnd_andTakesNoMore() throws Exception {
        try (RawClient client = connect().post(CHAT, request(500, ",\"stream\":true"))) {
            client.readTo("finish_reason");
            assertThat(http.server.drain(Duration.ofMinutes(3))).isTrue();
            assertThat(client.readToEnd()).contains("[DONE]");
        }
        assertThat(http.engine.snapshot().completed()).isEqualTo(1);
    }

    @Test
    void close_whileAClientTakesNothing_doesNotWaitForIt() throws Exception {
        try (RawClient stuck =
                connect().post(CHAT, request(1000, ",\"stream\":true,\"logprobs\":true,\"top_logprobs\":20"))) {
            awaitPause();
            http.server.close();
            assertThat(http.server.connections()).isZero();
            assertThat(stuck.readToEnd()).doesNotContain("[DONE]");
        }
    }

    @Test
    void close_whileAnswering_cancels() throws Exception {
        try (RawClient client = connect().post(CHAT, request(LONG, ",\"stream\":true"))) {
            client.readTo("finish_reason");
            http.server.close();
            assertThat(client.readToEnd()).doesNotContain("[DONE]");
        }
        ServerFixture.await("the cancel", () -> http.engine.snapshot().cancelled() == 1);
    }
}
