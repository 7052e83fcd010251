package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.server.ServerFixture.Reply;
import dev.tokapu.text.TokenAlternatives;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** /v1/completions, and what llama-server has beside OpenAI's API. */
@Timeout(300)
class CompletionsIT {

    private static final String PATH = "/v1/completions";

    @TinyModel
    private static Model model;

    private static ServerFixture http;

    @BeforeAll
    static void start() {
        http = new ServerFixture(model, 4, 512, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
    }

    private static String body(String prompt, String... more) {
        return "{\"prompt\":" + prompt + ",\"temperature\":0,\"ignore_eos\":true"
                + (more.length == 0 ? "" : "," + String.join(",", more)) + "}";
    }

    @Test
    void gap_forAModelThatWasNotTrainedToFillIt_isRefused() {
        Reply reply = http.post("/infill", "{\"input_prefix\":\"a\",\"input_suffix\":\"b\"}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").path("message").asText()).contains("not trained to fill in the middle");
    }

    private static String text(Reply reply, int choice) {
        assertThat(reply.status()).as(reply.json().toString()).isEqualTo(200);
        return reply.json().path("choices").path(choice).path("text").asText();
    }

    @Test
    void prompt_asTextOrAsTokens_isContinuedAlike() {
        int[] tokens = model.vocab().tokenize("hello there", TokenizeOptions.defaults());
        Reply asText = http.post(PATH, body("\"hello there\""));
        Reply asTokens = http.post(PATH, body(Arrays.toString(tokens)));
        assertThat(text(asText, 0)).isEqualTo(text(asTokens, 0));
        assertThat(asText.json().path("object").asText()).isEqualTo("text_completion");
        assertThat(asText.json().path("usage").path("prompt_tokens").asInt()).isEqualTo(tokens.length);
        assertThat(asText.json().path("usage").path("completion_tokens").asInt())
                .isEqualTo(16); // OpenAI's default
        assertThat(asText.json().path("choices").path(0).path("finish_reason").asText())
                .isEqualTo("length");
    }

    @Test
    void prompts_several_areContinuedInOrder() {
        Reply both = http.post(PATH, body("[\"hello\",\"world\"]", "\"n\":2"));
        assertThat(both.json().path("choices")).hasSize(4);
        assertThat(text(both, 0)).isEqualTo(text(http.post(PATH, body("\"hello\"")), 0));
        assertThat(text(both, 2)).isEqualTo(text(http.post(PATH, body("[\"world\"]")), 0));
        assertThat(both.json().path("choices").path(3).path("index").asInt()).isEqualTo(3);
    }

    /** A bias has the model say one token again and again, and DRY keeps it from that. */
    @Test
    void dry_endsARepetition() {
        int token = model.vocab()
                .tokenize("a", TokenizeOptions.builder().addSpecial(false).build())[0];
        String asked =
                "{\"prompt\":\"x\",\"n_predict\":20,\"temperature\":0,\"return_tokens\":true,\"ignore_eos\":true,"
                        + "\"logit_bias\":[[" + token + ",100]]";
        String off = ",\"dry_multiplier\":0,\"dry_base\":2";
        String on = ",\"dry_multiplier\":10000,\"dry_base\":1,\"dry_allowed_length\":1,\"dry_penalty_last_n\":-1,"
                + "\"dry_sequence_breakers\":[\"\\n\"]";
        for (String more : List.of("", off)) {
            assertThat(http.post("/completion", asked + more + "}").json().path("tokens"))
                    .hasSize(20)
                    .allMatch(one -> one.asInt() == token);
        }
        Reply reply = http.post("/completion", asked + on + "}");
        assertThat(reply.json().path("tokens"))
                .as(reply.response().body())
                .hasSize(20)
                .anyMatch(one -> one.asInt() != token);
    }

    @Test
    void echoWithLogprobs_tellsThoseOfThePrompt() throws Exception {
        String asked = "\"echo\":true,\"logprobs\":2";
        JsonNode first =
                http.post(PATH, body("\"hello\"", asked)).json().path("choices").path(0);
        JsonNode logprobs = first.path("logprobs");
        int[] prompt = model.vocab().tokenize("hello");
        assertThat(logprobs.path("tokens").size()).isGreaterThan(prompt.length);
        for (String list : List.of("token_logprobs", "top_logprobs", "text_offset")) {
            assertThat(logprobs.path(list)).hasSameSizeAs(logprobs.path("tokens"));
        }
        assertThat(logprobs.path("token_logprobs").path(0).isNull()).isTrue();
        assertThat(logprobs.path("top_logprobs").path(0).isNull()).isTrue();
        assertThat(logprobs.path("top_logprobs").path(1)).hasSizeBetween(1, 2);
        assertThat(logprobs.path("text_offset").path(0).asInt(-1)).isZero();
        List<TokenAlternatives> scores = http.engine
                .promptLogProbabilities(prompt, 2, SchedulingOptions.defaults())
                .get(5, TimeUnit.MINUTES);
        for (int i = 1; i < prompt.length; i++) {
            assertThat(logprobs.path("token_logprobs").path(i).asDouble())
                    .isCloseTo(scores.get(i - 1).chosen().logProbability(), within(0.05));
        }
        List<String> tokens = new ArrayList<>();
        for (JsonNode event : http.stream(PATH, body("\"hello\"", asked, "\"stream\":true"))) {
            event.path("choices").path(0).path("logprobs").path("tokens").forEach(token -> tokens.add(token.asText()));
        }
        List<String> expected = new ArrayList<>();
        logprobs.path("tokens").forEach(token -> expected.add(token.asText()));
        assertThat(tokens).isEqualTo(expected);
    }

    /** How a text is scored without anything after it. */
    @Test
    void noTokens_isThePromptAlone_streamedOrNot() {
        String[] asked = {"\"echo\":true", "\"logprobs\":2", "\"max_tokens\":0"};
        Reply reply = http.post(PATH, body("\"hello\"", asked));
        JsonNode choice = reply.json().path("choices").path(0);
        int prompt = model.vocab().tokenize("hello").length;
        assertThat(choice.path("text").asText()).isEqualTo("hello");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
        assertThat(choice.path("logprobs").path("tokens")).hasSize(prompt);
        assertThat(reply.json().path("usage").path("completion_tokens").asInt(-1))
                .isZero();
        assertThat(reply.json().path("usage").path("total_tokens").asInt()).isEqualTo(prompt);
        String streamed = String.join(",", asked) + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
        List<JsonNode> events = http.stream(PATH, body("\"hello\"", streamed));
        assertThat(events).hasSize(3); // the prompt, the end, what it took
        assertThat(events.get(0).path("choices").path(0).path("logprobs")).isEqualTo(choice.path("logprobs"));
        assertThat(events.get(1).path("choices").path(0).path("text").asText("?"))
                .isEmpty();
        assertThat(events.get(2).path("usage").path("completion_tokens").asInt(-1))
                .isZero();
        assertThat(text(http.post(PATH, body("\"hello\"", "\"max_tokens\":0")), 0))
                .isEmpty();
    }

    @Test
    void echo_putsThePromptBeforeTheText() {
        String plain = text(http.post(PATH, body("\"hello\"")), 0);
        assertThat(text(http.post(PATH, body("\"hello\"", "\"echo\":true")), 0)).isEqualTo("hello" + plain);
    }

    @Test
    void stream_saysTheSameInParts() {
        Reply whole = http.post(PATH, body("\"hello\"", "\"max_tokens\":30", "\"echo\":true"));
        List<JsonNode> events = http.stream(
                PATH,
                body(
                        "\"hello\"",
                        "\"max_tokens\":30",
                        "\"echo\":true",
                        "\"stream\":true",
                        "\"stream_options\":{\"include_usage\":true}"));
        StringBuilder text = new StringBuilder();
        events.forEach(
                event -> text.append(event.path("choices").path(0).path("text").asText("")));
        assertThat(text).hasToString(text(whole, 0));
        assertThat(events.get(events.size() - 1).path("usage")).isEqualTo(usageButCache(whole, events));
    }

    /** The second call finds the prompt in the cache. */
    private static JsonNode usageButCache(Reply whole, List<JsonNode> events) {
        JsonNode usage = whole.json().path("usage").deepCopy();
        JsonNode later = events.get(events.size() - 1).path("usage");
        ((com.fasterxml.jackson.databind.node.ObjectNode) usage)
                .set("prompt_tokens_details", later.path("prompt_tokens_details"));
        return usage;
    }

    @Test
    void logprobs_haveTheTokensAndTheirPlaces_streamedOrNot() {
        JsonNode logprobs = http.post(PATH, body("\"hello\"", "\"logprobs\":2"))
                .json()
                .path("choices")
                .path(0)
                .path("logprobs");
        assertThat(logprobs.path("tokens")).hasSize(16);
        assertThat(logprobs.path("token_logprobs")).hasSize(16);
        assertThat(logprobs.path("top_logprobs").path(0).size()).isBetween(1, 2);
        int tokens = 0;
        int last = -1;
        for (JsonNode event : http.stream(PATH, body("\"hello\"", "\"logprobs\":2", "\"stream\":true"))) {
            for (JsonNode offset :
                    event.path("choices").path(0).path("logprobs").path("text_offset")) {
                assertThat(offset).isEqualTo(logprobs.path("text_offset").path(tokens));
                assertThat(offset.asInt()).isGreaterThanOrEqualTo(last);
                last = offset.asInt();
                tokens++;
            }
        }
        assertThat(tokens).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"prompt\":[] | prompt",
                "\"prompt\":\"\",\"parse_special\":false | prompt",
                "\"prompt\":[1,2,999999] | prompt[2]",
                "\"prompt\":[[1],\"a\",{}] | prompt[2]",
                "\"prompt\":3 | prompt",
                "\"x\":1 | prompt",
                "\"prompt\":\"a\",\"timings_per_token\":true | timings_per_token",
                "\"prompt\":\"a\",\"suffix\":\"b\" | suffix",
                "\"prompt\":\"a\",\"best_of\":2 | best_of",
                "\"prompt\":\"a\",\"echo\":true,\"logprobs\":1,\"suffix\":\"b\" | echo",
                "\"prompt\":\"a\",\"max_tokens\":-1 | max_tokens",
                "\"prompt\":\"a\",\"messages\":[] | messages"
            })
    void parameter_thatIsWrong_isNamed(String members, String parameter) {
        Reply reply = http.post(PATH, "{" + members + "}");
        if (!members.startsWith("\"prompt\":\"\"") || reply.status() != 200) { // a model with BOS continues nothing
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.json().path("error").path("param").asText()).isEqualTo(parameter);
        }
    }

    @Test
    void tokenize_andBack_isTheText() {
        JsonNode tokens =
                http.post("/tokenize", "{\"content\":\"hello there\"}").json().path("tokens");
        assertThat(tokens).isNotEmpty();
        assertThat(http.post("/detokenize", "{\"tokens\":" + tokens + "}")
                        .json()
                        .path("content")
                        .asText()
                        .strip())
                .isEqualTo("hello there");
        JsonNode pieces = http.post("/tokenize", "{\"content\":\"hello there\",\"with_pieces\":true}")
                .json()
                .path("tokens");
        assertThat(pieces).hasSameSizeAs(tokens);
        assertThat(pieces.path(0).path("id")).isEqualTo(tokens.path(0));
        Reply wrong = http.post("/detokenize", "{\"tokens\":[-1]}");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.json().path("error").path("type").asText()).isEqualTo("invalid_request_error");
    }

    @Test
    void applyTemplate_showsWhatTheModelReads() {
        String prompt = http.post("/apply-template", "{\"messages\":[{\"role\":\"user\",\"content\":\"what is it?\"}]}")
                .json()
                .path("prompt")
                .asText();
        assertThat(prompt).contains("what is it?").isNotEqualTo("what is it?");
    }

    @Test
    void propsAndSlots_tellOfTheEngine() {
        JsonNode props = http.get("/props").json();
        assertThat(props.path("total_slots").asInt()).isEqualTo(4);
        assertThat(props.path("default_generation_settings").path("n_ctx").asInt())
                .isEqualTo(512);
        assertThat(props.path("chat_template").asText()).isNotEmpty();
        assertThat(http.get("/slots").json()).hasSize(4);
        assertThat(http.get("/slots?model=other").status()).isEqualTo(404);
    }
}
