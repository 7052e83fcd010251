package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.server.ServerFixture.Reply;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** llama-server's own /completion. */
@Timeout(300)
class LlamaCompletionIT {

    private static final String PATH = "/completion";
    private static final int SIZE = 256;
    private static final int TOKENS = 8;

    @TinyModel
    private static Model model;

    private static ServerFixture http;

    @BeforeAll
    static void start() {
        http = new ServerFixture(model, 2, SIZE, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
    }

    private static String body(String prompt, String... more) {
        String given = String.join(",", more);
        String limit = given.contains("\"n_predict\":") ? "" : ",\"n_predict\":" + TOKENS;
        String end = given.contains("\"ignore_eos\":") ? "" : ",\"ignore_eos\":true";
        return "{\"prompt\":" + prompt + ",\"temperature\":0" + end + limit + (given.isEmpty() ? "" : "," + given)
                + "}";
    }

    private static JsonNode complete(String prompt, String... more) {
        Reply reply = http.post(PATH, body(prompt, more));
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        return reply.json();
    }

    private static List<JsonNode> stream(String prompt, String more) {
        List<JsonNode> events = new ArrayList<>();
        for (String event : http.raw(http.to(PATH)
                        .POST(HttpRequest.BodyPublishers.ofString(body(prompt, "\"stream\":true" + more)))
                        .build())
                .body()
                .split("\n\n", -1)) {
            if (!event.isEmpty()) {
                events.add(ServerFixture.json(event.substring("data: ".length())));
            }
        }
        return events;
    }

    @Test
    void answer_tellsTokensTimingsAndItsEnd() {
        JsonNode json = complete("\"hello there\"", "\"return_tokens\":true");
        assertThat(json.path("tokens")).hasSize(TOKENS);
        assertThat(json.path("tokens_predicted").asInt()).isEqualTo(TOKENS);
        assertThat(json.path("generation_settings").path("n_predict").asInt()).isEqualTo(TOKENS);
        assertThat(json.path("stop").asBoolean()).isTrue();
        assertThat(json.path("stop_type").asText()).isEqualTo("limit");
        assertThat(json.path("truncated").isBoolean()).isTrue();
        assertThat(json.path("has_new_line").asBoolean())
                .isEqualTo(json.path("content").asText().contains("\n"));
        assertThat(json.path("model").asText()).isEqualTo("test");
        assertThat(json.path("prompt").asText()).endsWith("hello there");
        JsonNode timings = json.path("timings");
        assertThat(timings.path("predicted_n").asInt()).isEqualTo(TOKENS);
        assertThat(timings.path("prompt_n").asInt() + timings.path("cache_n").asInt())
                .isEqualTo(json.path("tokens_evaluated").asInt());
        assertThat(timings).allMatch(number -> number.isNumber() && number.asDouble() >= 0);
        assertThat(complete("\"hello there\"").path("tokens")).isEmpty();
    }

    @Test
    void timings_ofOneToken_areNumbers() {
        assertThat(complete("\"hello\"", "\"n_predict\":1").path("timings"))
                .isNotEmpty()
                .allMatch(JsonNode::isNumber);
    }

    @Test
    void promptThatWasComputedBefore_isCountedApart() {
        String prompt = '"' + "the same again ".repeat(8) + '"';
        complete(prompt);
        JsonNode timings = complete(prompt, "\"cache_prompt\":true").path("timings");
        assertThat(timings.path("cache_n").asInt()).isPositive();
    }

    @Test
    void prompt_inAllForms_isContinuedAlike() {
        int[] tokens = model.vocab().tokenize("hello there", TokenizeOptions.defaults());
        String content = complete("\"hello there\"").path("content").asText();
        assertThat(complete(Arrays.toString(tokens)).path("content").asText()).isEqualTo(content);
        assertThat(complete("[" + Arrays.toString(tokens) + "]").path("content").asText())
                .isEqualTo(content);
        assertThat(complete("{\"prompt_string\":\"hello there\"}")
                        .path("content")
                        .asText())
                .isEqualTo(content);
        JsonNode both = complete("[" + Arrays.toString(tokens) + ",{\"prompt_string\":\"hello there\"}]");
        assertThat(both).hasSize(2);
        assertThat(both.findValuesAsText("content")).containsExactly(content, content);
        assertThat(both.path(1).path("index").asInt()).isEqualTo(1);
    }

    @Test
    void prompt_ofTokensAndTexts_isTheirSequence() {
        TokenizeOptions plain = TokenizeOptions.builder().addSpecial(false).build();
        int middle = model.vocab().tokenize("there", plain).length;
        int first = model.vocab().tokenize("there", TokenizeOptions.defaults()).length;
        assertThat(complete("[5,6,\"there\",7,\"there\"]")
                        .path("tokens_evaluated")
                        .asInt())
                .isEqualTo(3 + 2 * middle);
        assertThat(complete("[\"there\",7]").path("tokens_evaluated").asInt()).isEqualTo(first + 1);
    }

    @Test
    void stream_saysTheSameInParts() {
        JsonNode whole = complete("\"hello\"", "\"return_tokens\":true");
        StringBuilder content = new StringBuilder();
        List<JsonNode> tokens = new ArrayList<>();
        List<JsonNode> events = stream("\"hello\"", ",\"timings_per_token\":true");
        for (JsonNode event : events) {
            content.append(event.path("content").asText());
            event.path("tokens").forEach(tokens::add);
            assertThat(event.path("stop").isBoolean()).isTrue();
            assertThat(event.path("timings").path("predicted_n").isInt()).isTrue();
        }
        assertThat(content).hasToString(whole.path("content").asText());
        assertThat(tokens).hasSize(TOKENS).containsExactlyElementsOf(whole.path("tokens"));
        JsonNode last = events.get(events.size() - 1);
        assertThat(last.path("stop").asBoolean()).isTrue();
        assertThat(last.path("stop_type").asText()).isEqualTo("limit");
        assertThat(last.path("tokens_predicted").asInt()).isEqualTo(TOKENS);
        assertThat(stream("\"hello\"", "").get(0).has("timings")).isFalse();
    }

    @Test
    void responseFields_areAllThatIsTold() {
        JsonNode json = complete(
                "\"hello\"",
                "\"response_fields\":[\"content\",\"generation_settings/n_predict\",\"prompt\",\"none/x\"]");
        assertThat(json).hasSize(3);
        assertThat(json.path("generation_settings/n_predict").asInt()).isEqualTo(TOKENS);
        assertThat(complete("\"hello\"", "\"response_fields\":[]").has("stop_type"))
                .isTrue();
    }

    @Test
    void probabilities_areThoseOfTheTokens_streamedOrNot() {
        JsonNode all = complete("\"hello\"", "\"n_probs\":10", "\"return_tokens\":true");
        assertThat(all.path("completion_probabilities")).hasSize(TOKENS);
        for (int i = 0; i < TOKENS; i++) {
            JsonNode token = all.path("completion_probabilities").path(i);
            assertThat(token.path("id")).isEqualTo(all.path("tokens").path(i));
            assertThat(token.path("logprob").asDouble()).isNotPositive();
            assertThat(token.path("bytes").isArray()).isTrue();
            assertThat(token.path("top_logprobs")).hasSize(10).allMatch(top -> top.has("id") && top.has("bytes"));
        }
        List<JsonNode> told = new ArrayList<>();
        stream("\"hello\"", ",\"n_probs\":10")
                .forEach(event -> event.path("completion_probabilities").forEach(token -> told.add(token.path("id"))));
        assertThat(told).containsExactlyElementsOf(all.path("tokens"));
        assertThat(complete("\"hello\"").has("completion_probabilities")).isFalse();
    }

    @Test
    void logitBias_ofIds_forbidsThemInAllForms() {
        int likeliest = complete("\"hello\"", "\"return_tokens\":true")
                .path("tokens")
                .path(0)
                .asInt();
        String content = complete("\"hello\"", "\"logit_bias\":{\"" + likeliest + "\":-100}")
                .path("content")
                .asText();
        for (String form : List.of("{\"%d\":false}", "[[%d,-100]]", "[[%d,false]]")) {
            JsonNode json =
                    complete("\"hello\"", "\"return_tokens\":true", "\"logit_bias\":" + String.format(form, likeliest));
            assertThat(json.path("tokens")).noneMatch(token -> token.asInt() == likeliest);
            assertThat(json.path("content").asText()).isEqualTo(content);
        }
    }

    @Test
    void logitBias_ofTexts_isThatOfTheirTokens() {
        TokenizeOptions plain =
                TokenizeOptions.builder().addSpecial(false).parseSpecial(false).build();
        StringBuilder ids = new StringBuilder();
        for (int token : model.vocab().tokenize("hello", plain)) {
            ids.append(ids.isEmpty() ? "" : ",").append('[').append(token).append(",100]");
        }
        String expected = complete("\"a\"", "\"logit_bias\":[" + ids + "]").toString();
        for (String form : List.of("{\"hello\":100}", "[[\"hello\",100]]")) {
            JsonNode json = complete("\"a\"", "\"logit_bias\":" + form);
            assertThat(json.path("content"))
                    .isEqualTo(ServerFixture.json(expected).path("content"));
        }
    }

    private static String drawn(int seed) {
        return http.post(PATH, "{\"prompt\":\"hello\",\"n_predict\":32,\"temperature\":1,\"seed\":" + seed + "}")
                .json()
                .path("content")
                .asText();
    }

    @Test
    void sameSeed_isTheSameAnswer() {
        assertThat(drawn(1)).isEqualTo(drawn(1));
    }

    @Test
    void otherSeed_isAnotherAnswer() {
        assertThat(drawn(1)).isNotEqualTo(drawn(2));
    }

    @Test
    void noLimit_endsWithTheContext() {
        JsonNode json = complete("\"hello\"", "\"n_predict\":-1");
        assertThat(json.path("stop_type").asText()).isEqualTo("limit");
        assertThat(json.path("tokens_predicted").asInt()
                        + json.path("tokens_evaluated").asInt())
                .isBetween(SIZE - 1, SIZE + 1);
    }

    @Test
    void noTokens_computesThePromptAlone() {
        JsonNode json = complete("\"hello\"", "\"n_predict\":0");
        assertThat(json.path("content").asText()).isEmpty();
        assertThat(json.path("tokens_predicted").asInt(-1)).isZero();
    }

    @Test
    void grammarAndSchema_hold() {
        assertThat(complete("\"hello\"", "\"grammar\":\"root ::= \\\"b\\\"{5}\"", "\"ignore_eos\":false")
                        .path("content")
                        .asText())
                .isEqualTo("bbbbb");
        JsonNode json =
                complete("\"hello\"", "\"json_schema\":{\"const\":\"42\"}", "\"ignore_eos\":false", "\"n_predict\":50");
        assertThat(json.path("content").asText()).isEqualTo("\"42\"");
        assertThat(json.path("stop_type").asText()).isEqualTo("eos");
    }

    @Test
    void stopString_isNamed() {
        JsonNode json = complete("\"hello\"", "\"grammar\":\"root ::= \\\"abcdefgh\\\"\"", "\"stop\":[\"x\",\"ef\"]");
        assertThat(json.path("content").asText()).isEqualTo("abcd");
        assertThat(json.path("stop_type").asText()).isEqualTo("word");
        assertThat(json.path("stopping_word").asText()).isEqualTo("ef");
    }
}
