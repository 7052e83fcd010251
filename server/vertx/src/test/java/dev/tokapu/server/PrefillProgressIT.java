package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.engine.EngineOptions;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** return_progress: how much of a prompt is computed, told before the answer. */
@Timeout(300)
class PrefillProgressIT {

    private static final int BATCH = 32;
    private static final String PROGRESS = "\"stream\":true,\"return_progress\":true,\"timings_per_token\":true";

    @TinyModel
    private static Model model;

    private static ServerFixture http;

    @BeforeAll
    static void start() {
        EngineOptions options = EngineOptions.builder()
                .context(ServerFixture.context().batchSize(BATCH).build())
                .maxSequences(2)
                .sequenceContextSize(400)
                .samplingThreads(1)
                .build();
        http = new ServerFixture(model, options, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
    }

    private static List<JsonNode> events(String path, String body) {
        List<JsonNode> events = new ArrayList<>();
        for (String block : http.raw(http.to(path)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build())
                .body()
                .split("\n\n", -1)) {
            if (block.startsWith("data: {")) {
                events.add(ServerFixture.json(block.substring("data: ".length())));
            }
        }
        return events;
    }

    private static String completion(String text) {
        return "{\"prompt\":\"" + text + "\",\"n_predict\":4,\"ignore_eos\":true," + PROGRESS + "}";
    }

    /** The progress of a prompt: from what was cached to the whole, in front of the answer. */
    private static List<JsonNode> progress(List<JsonNode> events, boolean cached) {
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode event : events) {
            if (event.has("prompt_progress")) {
                assertThat(event.path("content").asText("")).isEmpty();
                all.add(event);
            }
        }
        assertThat(all).hasSizeGreaterThan(1);
        int total = all.get(0).path("prompt_progress").path("total").asInt();
        int cache = all.get(0).path("prompt_progress").path("cache").asInt();
        assertThat(cache > 0).isEqualTo(cached);
        int before = cache - 1;
        for (JsonNode event : all) {
            JsonNode progress = event.path("prompt_progress");
            assertThat(progress.path("total").asInt()).isEqualTo(total);
            assertThat(progress.path("cache").asInt()).isEqualTo(cache);
            int processed = progress.path("processed").asInt();
            assertThat(processed).isGreaterThan(before);
            before = processed;
            assertThat(progress.path("time_ms").isIntegralNumber()).isTrue();
            JsonNode timings = event.path("timings");
            assertThat(timings.path("prompt_n").asInt(-1)).isEqualTo(processed - cache);
            assertThat(timings.path("predicted_n").asInt(-1)).isZero();
            assertThat(timings)
                    .allSatisfy(value -> assertThat(value.asDouble(-1)).isNotNegative());
        }
        assertThat(all.get(0).path("prompt_progress").path("processed").asInt()).isEqualTo(cache);
        assertThat(before).isEqualTo(total);
        return all;
    }

    @Test
    void completion_tellsOfItsPrompt_andOfWhatWasCached() {
        String text = "the quick brown fox jumps over the lazy dog ".repeat(4);
        List<JsonNode> events = events("/completion", completion(text));
        List<JsonNode> progress = progress(events, false);
        assertThat(progress.get(progress.size() - 1)
                        .path("prompt_progress")
                        .path("total")
                        .asInt())
                .isGreaterThan(BATCH)
                .isEqualTo(
                        events.get(events.size() - 1).path("tokens_evaluated").asInt());
        progress(events("/completion", completion(text)), true);
    }

    @Test
    void chat_tellsOfItsPrompt() {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"" + "This is a test".repeat(10)
                + "\"}],\"max_tokens\":4," + PROGRESS + "}";
        progress(events("/v1/chat/completions", body), false);
    }

    @Test
    void whoDoesNotAsk_isNotTold() {
        String body = completion("the lazy dog").replace("\"return_progress\":true", "\"return_progress\":false");
        assertThat(events("/completion", body)).isNotEmpty().noneMatch(event -> event.has("prompt_progress"));
    }
}
