package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What llama-server tells of texts, conversations and itself, and its paths without a version. */
@Timeout(300)
class LlamaTextsIT {

    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"what is it?\"}]";

    @TinyModel
    private static Model model;

    private static ServerFixture http;

    @BeforeAll
    static void start() {
        http = new ServerFixture(model, 2, 512, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
    }

    private static String prompt(String more) {
        return http.post("/apply-template", "{" + MESSAGES + more + "}")
                .json()
                .path("prompt")
                .asText();
    }

    @Test
    void tokenize_withSpecial_beginsWithBos() {
        int bos = model.vocab().specialTokens().bos().orElseThrow();
        JsonNode tokens = http.post("/tokenize", "{\"content\":\"hello\",\"add_special\":true}")
                .json()
                .path("tokens");
        assertThat(tokens.path(0).asInt(-1)).isEqualTo(bos);
        assertThat(http.post("/tokenize", "{\"content\":\"hello\"}")
                        .json()
                        .path("tokens")
                        .path(0)
                        .asInt(-1))
                .isNotEqualTo(bos);
    }

    @Test
    void tokenize_withPieces_tellsTextsOrBytes() {
        JsonNode tokens = http.post("/tokenize", "{\"content\":\"hi 媽 and 🤗\",\"with_pieces\":true}")
                .json()
                .path("tokens");
        assertThat(tokens).isNotEmpty().allSatisfy(token -> {
            assertThat(token.path("id").isInt()).isTrue();
            JsonNode piece = token.path("piece");
            assertThat(piece.isTextual() ? piece.asText().length() : piece.size())
                    .isPositive();
        });
    }

    @Test
    void applyTemplate_withoutGenerationPrompt_endsWithTheMessage() {
        String with = prompt("");
        String without = prompt(",\"add_generation_prompt\":false");
        assertThat(with).startsWith(without).isNotEqualTo(without);
        assertThat(prompt(",\"add_generation_prompt\":true,\"tools\":[]")).isEqualTo(with);
        assertThat(prompt(",\"tools\":null")).isEqualTo(with);
    }

    @Test
    void inputTokens_areThoseOfTheAnswer() {
        int tokens = http.post("/v1/chat/completions/input_tokens", "{" + MESSAGES + "}")
                .json()
                .path("input_tokens")
                .asInt();
        JsonNode chat = http.post("/v1/chat/completions", "{" + MESSAGES + ",\"max_tokens\":1}")
                .json();
        assertThat(tokens)
                .isPositive()
                .isEqualTo(chat.path("usage").path("prompt_tokens").asInt());
        assertThat(http.post("/chat/completions/input_tokens", "{" + MESSAGES + "}")
                        .json()
                        .path("input_tokens")
                        .asInt())
                .isEqualTo(tokens);
    }

    @Test
    void pathsWithoutVersion_areTheSame() {
        JsonNode chat = http.post("/chat/completions", "{" + MESSAGES + ",\"max_tokens\":1}")
                .json();
        assertThat(chat.path("object").asText()).isEqualTo("chat.completion");
        assertThat(http.get("/health").json()).isEqualTo(http.get("/v1/health").json());
    }

    @Test
    void props_tellWhoAnswersAndWhatItTakes() {
        JsonNode props = http.get("/props").json();
        assertThat(props.path("build_info").asText()).startsWith("tokapu ");
        assertThat(props.path("model_alias").asText()).isEqualTo("test");
        assertThat(props.path("modalities").path("vision").isBoolean()).isTrue();
        assertThat(props.has("model_path"))
                .as("paths of the machine are nobody's business")
                .isFalse();
    }

    @Test
    void slots_areIdleBehindAnAnswer() {
        http.post("/completion", "{\"prompt\":\"hello\",\"n_predict\":4}");
        ServerFixture.await(
                "an idle slot",
                () -> !http.get("/slots").json().path(0).path("is_processing").asBoolean());
        JsonNode slots = http.get("/slots").json();
        assertThat(slots).hasSize(2).allSatisfy(slot -> {
            assertThat(slot.path("n_ctx").asInt()).isEqualTo(512);
            assertThat(slot.path("is_processing").asBoolean(true)).isFalse();
            assertThat(slot.has("prompt")).isFalse();
        });
    }
}
