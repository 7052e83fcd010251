package dev.tokapu.server;

import static dev.tokapu.server.AdderScript.CALL_QUESTION;
import static dev.tokapu.server.AdderScript.TEXT;
import static dev.tokapu.server.AdderScript.TEXT_QUESTION;
import static dev.tokapu.server.AdderScript.TOOLS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.server.ServerFixture.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** /v1/chat/completions of a model that says what a script wants. */
@Timeout(300)
class ChatCompletionsIT {

    private static final String PATH = "/v1/chat/completions";
    private static final String USAGE = "\"stream\":true,\"stream_options\":{\"include_usage\":true}";

    @TempDir
    static Path folder;

    private static Model model;
    private static ServerFixture http;

    @BeforeAll
    static void start() {
        model = AdderScript.in(folder).load();
        http = new ServerFixture(model, 2, 0, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static String body(String question, String... more) {
        return "{\"model\":\"test\",\"messages\":[{\"role\":\"user\",\"content\":\"" + question
                + "\"}],\"temperature\":0,\"max_completion_tokens\":300," + TOOLS
                + (more.length == 0 ? "" : "," + String.join(",", more)) + "}";
    }

    private static String text(List<JsonNode> events, String field) {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(
                event.path("choices").path(0).path("delta").path(field).asText("")));
        return text.toString();
    }

    @Test
    void text_isTheWholeAnswer() {
        Reply reply = http.post(PATH, body(TEXT_QUESTION));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().path("object").asText()).isEqualTo("chat.completion");
        assertThat(reply.json().path("id").asText()).startsWith("chatcmpl-");
        assertThat(reply.json().path("model").asText()).isEqualTo("test");
        JsonNode choice = reply.json().path("choices").path(0);
        assertThat(choice.path("message").path("content").asText()).isEqualTo(TEXT);
        assertThat(choice.path("message").path("role").asText()).isEqualTo("assistant");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
        int tokens = TEXT.getBytes(StandardCharsets.UTF_8).length;
        JsonNode usage = reply.json().path("usage");
        assertThat(usage.path("completion_tokens").asInt()).isEqualTo(tokens);
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(tokens + usage.path("prompt_tokens").asInt());
    }

    @Test
    void tools_giveTheCallsAndTheThought() {
        Reply reply = http.post(PATH, body(CALL_QUESTION));
        JsonNode choice = reply.json().path("choices").path(0);
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        JsonNode calls = choice.path("message").path("tool_calls");
        assertThat(calls).hasSize(2);
        assertThat(calls.path(0).path("type").asText()).isEqualTo("function");
        assertThat(calls.path(0).path("function").path("name").asText()).isEqualTo("add");
        assertThat(calls.path(1).path("function").path("arguments").asText()).isEqualTo("{\"a\": 1}");
        assertThat(calls.path(0).path("id").asText())
                .isNotEmpty()
                .isNotEqualTo(calls.path(1).path("id").asText());
        assertThat(choice.path("message").path("reasoning_content").asText()).contains("I have a tool for this.");
        assertThat(choice.path("message").path("content").isNull()).isTrue();
        assertThat(reply.json()
                        .path("usage")
                        .path("completion_tokens_details")
                        .path("reasoning_tokens")
                        .asInt())
                .isPositive();
    }

    @Test
    void text_streamed_saysTheSameInParts() {
        List<JsonNode> events = http.stream(PATH, body(TEXT_QUESTION, USAGE));
        assertThat(text(events, "content")).isEqualTo(TEXT);
        assertThat(events.get(0)
                        .path("choices")
                        .path(0)
                        .path("delta")
                        .path("role")
                        .asText())
                .isEqualTo("assistant");
        assertThat(events).allSatisfy(event -> {
            assertThat(event.path("object").asText()).isEqualTo("chat.completion.chunk");
            assertThat(event.path("id")).isEqualTo(events.get(0).path("id"));
        });
        JsonNode last = events.get(events.size() - 1);
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.path("usage").path("completion_tokens").asInt())
                .isEqualTo(TEXT.getBytes(StandardCharsets.UTF_8).length);
        assertThat(events.get(0).has("usage")).isTrue();
        assertThat(events.get(0).path("usage").isNull()).isTrue();
        assertThat(events.get(events.size() - 2)
                        .path("choices")
                        .path(0)
                        .path("finish_reason")
                        .asText())
                .isEqualTo("stop");
    }

    @Test
    void tools_streamed_comeAsDeltas() {
        List<JsonNode> events = http.stream(PATH, body(CALL_QUESTION, "\"stream\":true"));
        assertThat(text(events, "reasoning_content")).contains("I have a tool for this.");
        List<String> names = new ArrayList<>();
        List<StringBuilder> arguments = List.of(new StringBuilder(), new StringBuilder());
        for (JsonNode event : events) {
            for (JsonNode call : event.path("choices").path(0).path("delta").path("tool_calls")) {
                if (call.has("id")) {
                    names.add(call.path("function").path("name").asText());
                }
                arguments
                        .get(call.path("index").asInt())
                        .append(call.path("function").path("arguments").asText());
            }
        }
        assertThat(names).containsExactly("add", "add");
        assertThat(arguments.get(0)).hasToString("{\"a\": 3}");
        assertThat(arguments.get(1)).hasToString("{\"a\": 1}");
        assertThat(events.get(events.size() - 1)
                        .path("choices")
                        .path(0)
                        .path("finish_reason")
                        .asText())
                .isEqualTo("tool_calls");
        assertThat(events.get(0).has("usage")).isFalse();
    }

    @Test
    void limit_endsTheAnswer() {
        Reply reply = http.post(PATH, body(TEXT_QUESTION).replace("300,", "5,"));
        assertThat(reply.json().path("choices").path(0).path("finish_reason").asText())
                .isEqualTo("length");
        assertThat(reply.json().path("usage").path("completion_tokens").asInt()).isEqualTo(5);
    }

    @Test
    void stop_endsTheAnswerBeforeItsText() {
        Reply reply = http.post(PATH, body(TEXT_QUESTION, "\"stop\":[\"nothing\",\" and so\"]"));
        JsonNode choice = reply.json().path("choices").path(0);
        assertThat(choice.path("message").path("content").asText()).isEqualTo("Four, é, 😀");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void n_givesThatManyAnswers_andCountsThePromptOnce() {
        Reply one = http.post(PATH, body(TEXT_QUESTION));
        Reply two = http.post(PATH, body(TEXT_QUESTION, "\"n\":2"));
        assertThat(two.json().path("choices")).hasSize(2);
        assertThat(two.json().path("choices").path(1).path("index").asInt()).isEqualTo(1);
        assertThat(two.json()
                        .path("choices")
                        .path(1)
                        .path("message")
                        .path("content")
                        .asText())
                .isEqualTo(TEXT);
        assertThat(two.json().path("usage").path("prompt_tokens"))
                .isEqualTo(one.json().path("usage").path("prompt_tokens"));
        List<JsonNode> events = http.stream(PATH, body(TEXT_QUESTION, "\"n\":2", "\"stream\":true"));
        StringBuilder second = new StringBuilder();
        events.stream()
                .map(event -> event.path("choices").path(0))
                .filter(choice -> choice.path("index").asInt() == 1)
                .forEach(choice ->
                        second.append(choice.path("delta").path("content").asText("")));
        assertThat(second).hasToString(TEXT);
    }

    @Test
    void logprobs_areThoseOfTheTokens_streamedOrNot() {
        String[] more = {"\"logprobs\":true", "\"top_logprobs\":2", "\"tool_choice\":\"none\""};
        JsonNode content = http.post(PATH, body("x", more).replace("300,", "4,"))
                .json()
                .path("choices")
                .path(0)
                .path("logprobs")
                .path("content");
        List<JsonNode> streamed = new ArrayList<>();
        for (JsonNode event : http.stream(
                PATH, body("x", more[0], more[1], more[2], "\"stream\":true").replace("300,", "4,"))) {
            event.path("choices").path(0).path("logprobs").path("content").forEach(streamed::add);
        }
        assertThat(streamed).hasSameSizeAs(content);
        for (JsonNode token : content) {
            assertThat(token.path("top_logprobs")).hasSize(2);
            assertThat(token.path("logprob").asDouble()).isLessThanOrEqualTo(0);
            assertThat(token.path("bytes")).isNotEmpty();
        }
    }

    @Test
    void responseFormat_holdsTheAnswerToTheSchema() {
        String schema = "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":"
                + "{\"type\":\"object\",\"properties\":{\"size\":{\"enum\":[1,2]}},\"required\":[\"size\"],"
                + "\"additionalProperties\":false}}}";
        Reply reply = http.post(PATH, body("any", schema, "\"tool_choice\":\"none\""));
        String text = reply.json()
                .path("choices")
                .path(0)
                .path("message")
                .path("content")
                .asText();
        assertThat(ServerFixture.json(text).path("size").asInt()).isBetween(1, 2);
    }

    @Test
    void logitBias_forbidsTokens() {
        Reply reply = http.post(PATH, body(TEXT_QUESTION, "\"logit_bias\":{\"70\":-100}", "\"seed\":7"));
        String text = reply.json()
                .path("choices")
                .path(0)
                .path("message")
                .path("content")
                .asText();
        assertThat(text).doesNotContain("F");
    }

    @Test
    void timings_areToldToThoseWhoAskForThem() {
        JsonNode timings = http.post(PATH, body(TEXT_QUESTION, "\"timings_per_token\":true"))
                .json()
                .path("timings");
        int tokens = TEXT.getBytes(StandardCharsets.UTF_8).length;
        assertThat(timings.path("predicted_n").asInt()).isEqualTo(tokens);
        List<JsonNode> events = http.stream(PATH, body(TEXT_QUESTION, "\"timings_per_token\":true", USAGE));
        assertThat(events.get(0).has("timings")).isFalse();
        assertThat(events.subList(1, events.size())).allMatch(event -> event.has("timings"));
        JsonNode last = events.get(events.size() - 1);
        assertThat(last.path("timings").path("predicted_n").asInt()).isEqualTo(tokens);
        assertThat(http.post(PATH, body(TEXT_QUESTION)).json().has("timings")).isFalse();
    }
}
