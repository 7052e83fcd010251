package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many tokens an event of a streamed answer has. */
@Timeout(300)
class StreamIntervalIT {

    private static final int TOKENS = 61;
    private static final int INTERVAL = 10;
    private static final String BODY = "\"model\":\"test\",\"prompt\":\"hello\",\"temperature\":0,\"ignore_eos\":true,"
            + "\"max_tokens\":" + TOKENS;

    @TinyModel
    private static Model model;

    private static String text(List<JsonNode> events) {
        return events.stream()
                .map(event -> event.path("choices").path(0).path("text").asText())
                .collect(Collectors.joining());
    }

    @Test
    void events_haveSoManyTokens_butTheFirst_andAllTextArrives() {
        ServerOptions options = ServerOptions.builder().streamInterval(INTERVAL).build();
        try (ServerFixture http = new ServerFixture(model, 1, 256, options)) {
            String whole = http.post("/v1/completions", "{" + BODY + "}")
                    .json()
                    .path("choices")
                    .path(0)
                    .path("text")
                    .asText();
            List<JsonNode> events = http.stream("/v1/completions", "{" + BODY + ",\"stream\":true}");
            assertThat(text(events)).isEqualTo(whole).isNotEmpty();
            // The first tokens, one event for every ten of the others, the end; two more where tokens come while an
            // event is made.
            assertThat(events).hasSizeLessThanOrEqualTo(1 + TOKENS / INTERVAL + 1 + 2);
        }
    }

    @Test
    void interval_ofNoToken_isRefused() {
        assertThatThrownBy(() -> ServerOptions.builder().streamInterval(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("streamInterval is 0");
    }
}
