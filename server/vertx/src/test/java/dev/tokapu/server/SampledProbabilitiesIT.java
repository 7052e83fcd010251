package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.server.ServerFixture.Reply;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** post_sampling_probs: how likely tokens are behind the samplers. */
@Timeout(300)
class SampledProbabilitiesIT {

    private static final int TOKENS = 6;

    @TinyModel
    private static Model model;

    private static ServerFixture http;

    @BeforeAll
    static void start() {
        http = new ServerFixture(model, 2, 256, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
    }

    private static String body(String more) {
        return "{\"prompt\":\"hello there\",\"seed\":7,\"ignore_eos\":true,\"return_tokens\":true,\"n_probs\":5,"
                + "\"n_predict\":" + TOKENS + more + "}";
    }

    private static JsonNode complete(String more) {
        Reply reply = http.post("/completion", body(more));
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        assertThat(reply.json().path("completion_probabilities")).hasSize(TOKENS);
        return reply.json();
    }

    @Test
    void candidates_areThoseThatTheSamplersLeave() {
        JsonNode json = complete(",\"temperature\":1,\"top_k\":3,\"post_sampling_probs\":true");
        for (int i = 0; i < TOKENS; i++) {
            JsonNode token = json.path("completion_probabilities").path(i);
            assertThat(token.path("id")).isEqualTo(json.path("tokens").path(i));
            assertThat(token.path("bytes").isArray()).isTrue();
            assertThat(token.has("logprob")).isFalse();
            assertThat(token.path("top_probs")).hasSize(3);
            double sum = 0;
            double before = 1;
            boolean found = false;
            for (JsonNode top : token.path("top_probs")) {
                double probability = top.path("prob").asDouble();
                assertThat(probability).isPositive().isLessThanOrEqualTo(before);
                before = probability;
                sum += probability;
                if (top.path("id").equals(token.path("id"))) {
                    found = true;
                    assertThat(token.path("prob").asDouble()).isCloseTo(probability, within(1e-9));
                }
            }
            assertThat(sum).isCloseTo(1, within(1e-6));
            assertThat(found).isTrue();
        }
    }

    @Test
    void temperature_isPartOfThem_otherThanOfTheModels() {
        JsonNode plain = complete(",\"temperature\":0.5,\"top_k\":0,\"top_p\":1,\"min_p\":0")
                .path("completion_probabilities")
                .path(0)
                .path("top_logprobs");
        JsonNode sampled = complete(
                        ",\"temperature\":0.5,\"top_k\":0,\"top_p\":1,\"min_p\":0,\"post_sampling_probs\":true")
                .path("completion_probabilities")
                .path(0)
                .path("top_probs");
        assertThat(sampled).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(sampled.path(i).path("id")).isEqualTo(plain.path(i).path("id"));
            double model = plain.path(i).path("logprob").asDouble()
                    - plain.path(0).path("logprob").asDouble();
            double ratio = sampled.path(i).path("prob").asDouble()
                    / sampled.path(0).path("prob").asDouble();
            assertThat(Math.log(ratio)).isCloseTo(2 * model, within(1e-3));
        }
    }

    @Test
    void likeliestToken_isCertain_withoutTemperature() {
        JsonNode json = complete(",\"temperature\":0,\"post_sampling_probs\":true");
        assertThat(json.path("generation_settings").path("post_sampling_probs").asBoolean())
                .isTrue();
        for (JsonNode token : json.path("completion_probabilities")) {
            assertThat(token.path("prob").asDouble()).isEqualTo(1);
            assertThat(token.path("top_probs")).hasSize(1);
            assertThat(token.path("top_probs").path(0).path("id")).isEqualTo(token.path("id"));
        }
        assertThat(json.path("tokens")).isEqualTo(complete(",\"temperature\":0").path("tokens"));
    }

    @Test
    void stream_tellsTheSame_andTheAnswerIsAsWithout() {
        String more = ",\"temperature\":1,\"top_k\":20";
        JsonNode whole = complete(more + ",\"post_sampling_probs\":true");
        List<JsonNode> told = new ArrayList<>();
        for (String event : http.raw(http.to("/completion")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                body(more + ",\"stream\":true,\"post_sampling_probs\":true")))
                        .build())
                .body()
                .split("\n\n", -1)) {
            if (event.startsWith("data: ")) {
                ServerFixture.json(event.substring("data: ".length()))
                        .path("completion_probabilities")
                        .forEach(told::add);
            }
        }
        assertThat(told).containsExactlyElementsOf(whole.path("completion_probabilities"));
        assertThat(complete(more).path("tokens")).isEqualTo(whole.path("tokens"));
    }
}
