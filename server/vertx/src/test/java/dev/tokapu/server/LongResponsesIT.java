package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Responses that are complete long before their clients have them. */
@Timeout(300)
class LongResponsesIT {

    private static final Pattern LENGTH = Pattern.compile("content-length: (\\d+)");
    private static final int SOME = 256 << 10;
    private static final int ROUNDS = 6;
    private static final String MUCH = "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"ignore_eos\":true,"
            + "\"max_tokens\":2000,\"logprobs\":true,\"top_logprobs\":20}";

    @TinyModel
    private static Model model;

    private static RawClient ask(ServerFixture http) throws IOException {
        return new RawClient(http.server.port()).post("/v1/chat/completions", MUCH);
    }

    /** Reads the head; the length of the body. */
    private static int length(RawClient client) throws IOException {
        String head = client.readTo("\r\n\r\n");
        assertThat(head).startsWith("HTTP/1.1 200");
        Matcher matcher = LENGTH.matcher(head);
        assertThat(matcher.find()).as(head).isTrue();
        int length = Integer.parseInt(matcher.group(1));
        assertThat(length).as("more than buffers hold").isGreaterThan((ROUNDS + 2) * SOME);
        return length;
    }

    @Test
    void clientThatReadsSlowly_wasCutAfterTheReadTimeout_andGetsAllOfIt() throws Exception {
        ServerOptions options = ServerOptions.builder()
                .readTimeout(Duration.ofSeconds(1))
                .writeTimeout(Duration.ofSeconds(5)) // less than it takes
                .build();
        try (ServerFixture http = new ServerFixture(model, 1, 2100, options);
                RawClient client = ask(http)) {
            int rest = length(client);
            for (int i = 0; i < ROUNDS; i++) {
                try (RawClient idle = new RawClient(http.server.port())) {
                    assertThat(idle.readToEnd())
                            .as("one that was silent for the read timeout")
                            .isEmpty();
                }
                assertThat(client.read(SOME)).hasSize(SOME);
                rest -= SOME;
            }
            assertThat(client.read(rest)).hasSize(rest).endsWith('}');
            assertThat(client.readToEnd()).as("the connection is idle now").isEmpty();
        }
    }

    @Test
    void clientThatTakesNothingOfAWholeResponse_isCutByTheWriteTimeout() throws Exception {
        ServerOptions options = ServerOptions.builder()
                .readTimeout(Duration.ofMinutes(10))
                .writeTimeout(Duration.ofMillis(200))
                .build();
        try (ServerFixture http = new ServerFixture(model, 1, 2100, options);
                RawClient client = ask(http)) {
            ServerFixture.await("the answer", () -> http.engine.snapshot().completed() == 1);
            ServerFixture.await("the cut", () -> http.server.connections() == 0);
            int length = length(client);
            assertThat(client.readToEnd().length()).isLessThan(length);
        }
    }

    @Test
    void drain_whileAClientReadsAWholeResponse_waitsForIt() throws Exception {
        try (ServerFixture http = new ServerFixture(model, 1, 2100, ServerOptions.defaults());
                RawClient client = ask(http)) {
            int rest = length(client);
            CompletableFuture<Boolean> drained =
                    CompletableFuture.supplyAsync(() -> http.server.drain(Duration.ofMinutes(3)));
            assertThat(client.read(SOME)).hasSize(SOME);
            assertThat(drained).isNotDone();
            assertThat(client.read(rest - SOME)).hasSize(rest - SOME).endsWith('}');
            assertThat(drained.join()).isTrue();
        }
    }
}
