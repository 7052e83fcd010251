package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that close as soon as they have the last event of a stream, as most do. */
@Timeout(300)
class LastEventsIT {

    @TinyModel
    private static Model model;

    private ServerFixture http;

    @BeforeEach
    void start() {
        http = new ServerFixture(model, 2, 1000, ServerOptions.defaults());
    }

    @AfterEach
    void close() {
        http.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            /v1/chat/completions | "messages":MESSAGES,"max_tokens":2            | [DONE]
            /v1/completions      | "prompt":"hello","max_tokens":2               | [DONE]
            /v1/responses        | "input":"hello","max_output_tokens":2         | "type":"response.incomplete"
            /v1/messages         | "messages":MESSAGES,"max_tokens":2            | "type":"message_stop"
            /api/chat            | "messages":MESSAGES,"options":{"num_predict":2} | "done":true
            /completion          | "prompt":"hello","n_predict":2                | "stop":true
            """)
    void clientGone_afterTheLastEvent_isNotNotedAsGone(String path, String parameters, String last) throws Exception {
        String messages = "[{\"role\":\"user\",\"content\":\"hello\"}]";
        String body = "{\"model\":\"" + ServerFixture.NAME + "\",\"stream\":true,"
                + parameters.replace("MESSAGES", messages) + '}';
        int clients = 20;
        for (int i = 0; i < clients; i++) {
            try (RawClient client = new RawClient(http.server.port()).post(path, body)) {
                client.readTo(last);
                client.cut();
            }
        }
        ServerFixture.await(
                "the end of all",
                () -> statuses().size() == clients && !statuses().contains("null"));
        assertThat(statuses()).containsOnly("200");
    }

    private List<String> statuses() {
        return http.get("/tokapu/engine").json().path("requests").findValuesAsText("status");
    }
}
