package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many clients at a time. */
@Timeout(300)
class ManyStreamsIT {

    private static final int STREAMS = 400;
    private static final String BODY =
            "{\"stream\":true,\"ignore_eos\":true,\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

    @TinyModel
    private static Model model;

    @Test
    void streams_haveNoThreadEach_andAreForgottenWithTheirClients() throws Exception {
        try (ServerFixture http = new ServerFixture(model, 2, 8192, ServerOptions.defaults())) {
            int before = Thread.getAllStackTraces().size();
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                clients.add(new RawClient(http.server.port()).post("/v1/chat/completions", BODY.formatted(8000)));
            }
            for (RawClient client : clients) {
                client.readTo("\"role\":\"assistant\"");
            }
            assertThat(http.server.connections()).isEqualTo(STREAMS);
            assertThat(Thread.getAllStackTraces().size() - before).isLessThan(40);
            for (RawClient client : clients) {
                client.close();
            }
            ServerFixture.await("the cancels", () -> {
                var now = http.engine.snapshot();
                return now.completed() + now.cancelled() == STREAMS && now.generating() == 0;
            });
            ServerFixture.await("the end of the connections", () -> http.server.connections() == 0);
        }
    }

    @Test
    void streams_atTheSameTime_allComeToTheirEnd() throws Exception {
        try (ServerFixture http = new ServerFixture(model, 4, 256, ServerOptions.defaults())) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                clients.add(new RawClient(http.server.port()).post("/v1/chat/completions", BODY.formatted(10)));
            }
            for (RawClient client : clients) {
                assertThat(client.readTo("[DONE]")).contains("\"finish_reason\":\"length\"");
                client.close();
            }
            assertThat(http.engine.snapshot().completed()).isEqualTo(100);
        }
    }

    @Test
    void calls_beyondTheQueueOfTheEngine_are503AndSayWhenToTryAgain() throws IOException {
        try (ServerFixture http = new ServerFixture(model, 1, 8192, 1, ServerOptions.defaults());
                RawClient running = client(http);
                RawClient waiting = client(http)) {
            running.readTo("\"role\"");
            waiting.readTo("\"role\"");
            try (RawClient refused = client(http)) {
                assertThat(refused.readTo("overloaded"))
                        .startsWith("HTTP/1.1 503")
                        .contains("retry-after: ");
            }
        }
    }

    private static RawClient client(ServerFixture http) throws IOException {
        return new RawClient(http.server.port()).post("/v1/chat/completions", BODY.formatted(8000));
    }
}
