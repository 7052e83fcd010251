package dev.tokapu.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.tokapu.cli.load.LoadRequest;
import dev.tokapu.cli.load.Outcome;
import dev.tokapu.cli.load.Receiver;
import dev.tokapu.cli.load.Target;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpTargetTest {

    private static final String PIECE =
            "data: {\"choices\":[{\"text\":\" a\",\"index\":0,\"finish_reason\":null}]}\n\n";
    private static final String LAST =
            "data: {\"choices\":[{\"text\":\"\",\"finish_reason\":\"length\"}],\"usage\":{\"completion_tokens\":5}}\n\n";

    private final CompletableFuture<String> request = new CompletableFuture<>();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final AtomicInteger pieces = new AtomicInteger();
    private final Receiver receiver = new Receiver() {
        @Override
        public void onTokens(int count, long nanoTime) {
            pieces.addAndGet(count);
        }

        @Override
        public void onEnd(Outcome end) {
            outcome.complete(end);
        }
    };
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Outcome outcomeOf(HttpHandler handler) throws Exception {
        server.createContext("/v1/completions", exchange -> {
            request.complete(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII));
            try (exchange) {
                handler.handle(exchange);
            }
        });
        URI address = URI.create("http://localhost:" + server.getAddress().getPort() + "/");
        try (Target target = new HttpTarget(address, "some-model")) {
            target.send(new LoadRequest(0, new int[] {17, 4}, 5), receiver);
            return outcome.get(5, TimeUnit.MINUTES);
        }
    }

    private static void stream(HttpExchange exchange, String... events) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            for (String event : events) {
                out.write(event.getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        }
    }

    @Test
    void answer_isCountedByItsEventsAndByWhatTheServerSays() throws Exception {
        assertThat(outcomeOf(exchange -> stream(exchange, PIECE, PIECE, PIECE, LAST, "data: [DONE]\n\n")))
                .isEqualTo(new Outcome.Success(0, 5));
        assertThat(pieces).hasValue(3);
        assertThat(request.get())
                .isEqualTo(
                        "{\"model\":\"some-model\",\"prompt\":[17,4],\"max_tokens\":5,\"stream\":true,"
                                + "\"stream_options\":{\"include_usage\":true},\"ignore_eos\":true,\"temperature\":0,\"top_k\":1}");
    }

    @Test
    void tooMuchToDo_isARejection() throws Exception {
        assertThat(outcomeOf(exchange -> {
                    exchange.getResponseHeaders().add("Retry-After", "3");
                    exchange.sendResponseHeaders(429, -1);
                }))
                .isEqualTo(new Outcome.Rejected(3));
    }

    @Test
    void otherStatus_isAFailureWithItsText() throws Exception {
        assertThat(outcomeOf(exchange -> {
                    exchange.sendResponseHeaders(400, 6);
                    exchange.getResponseBody().write("reason".getBytes(StandardCharsets.UTF_8));
                }))
                .isEqualTo(new Outcome.Failed("status 400: reason"));
    }

    @Test
    void errorInTheStream_isAFailure() throws Exception {
        assertThat(outcomeOf(exchange -> stream(exchange, PIECE, "data: {\"error\":{\"code\":500}}\n\n")))
                .isEqualTo(new Outcome.Failed(" {\"error\":{\"code\":500}}"));
    }

    @Test
    void streamThatBreaksOff_isAFailure() throws Exception {
        assertThat(outcomeOf(exchange -> stream(exchange, PIECE))).isInstanceOf(Outcome.Failed.class);
        assertThat(pieces).hasValue(1);
    }

    @Test
    void noServer_isAFailure() throws Exception {
        server.stop(0);
        assertThat(outcomeOf(exchange -> {})).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void otherAddresses_areRefused() {
        assertThatThrownBy(() -> new HttpTarget(URI.create("https://localhost"), "m"))
                .hasMessageContaining("TLS");
        assertThatThrownBy(() -> new HttpTarget(URI.create("engine"), "m")).hasMessageContaining("engine");
    }
}
