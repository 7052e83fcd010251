package dev.tokapu.server;

import static dev.tokapu.server.AdderScript.CALL_QUESTION;
import static dev.tokapu.server.AdderScript.NEXT;
import static dev.tokapu.server.AdderScript.NEXT_QUESTION;
import static dev.tokapu.server.AdderScript.SUM;
import static dev.tokapu.server.AdderScript.TEXT;
import static dev.tokapu.server.AdderScript.TEXT_QUESTION;
import static dev.tokapu.server.AdderScript.THOUGHT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.server.ServerFixture.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** /v1/responses of a model that says what a script wants. */
@Timeout(300)
class ResponsesIT {

    private static final String PATH = "/v1/responses";
    private static final String TOOLS = "\"tools\":[{\"type\":\"function\",\"name\":\"add\",\"description\":\"adds\","
            + "\"parameters\":" + AdderScript.ADD.parametersJsonSchema() + "}]";

    @TempDir
    static Path folder;

    private static Model model;
    private static ServerFixture http;

    @BeforeAll
    static void start() {
        model = AdderScript.withNextTurns(folder).load();
        http = new ServerFixture(model, 2, 0, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static String body(String input, String... more) {
        String value = input.startsWith("[") ? input : "\"" + input + "\"";
        return "{\"model\":\"test\",\"input\":" + value + ",\"temperature\":0,\"max_output_tokens\":300," + TOOLS
                + (more.length == 0 ? "" : "," + String.join(",", more)) + "}";
    }

    private static String previous(JsonNode response) {
        return "\"previous_response_id\":\"" + response.path("id").asText() + "\"";
    }

    private static JsonNode create(String body) {
        Reply reply = http.post(PATH, body);
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        return reply.json();
    }

    private static String text(JsonNode response) {
        StringBuilder text = new StringBuilder();
        response.path("output")
                .forEach(item -> item.path("content")
                        .forEach(part -> text.append(
                                part.path("type").asText().equals("output_text")
                                        ? part.path("text").asText()
                                        : "")));
        return text.toString();
    }

    private static String joined(List<JsonNode> events, String type) {
        StringBuilder text = new StringBuilder();
        events.stream()
                .filter(event -> event.path("type").asText().equals(type))
                .forEach(event -> text.append(event.path("delta").asText()));
        return text.toString();
    }

    @Test
    void text_isAMessage() {
        JsonNode response = create(body(TEXT_QUESTION, "\"metadata\":{\"who\":\"me\"}", "\"top_p\":0.5"));
        assertThat(response.path("id").asText()).startsWith("resp_");
        assertThat(response.path("object").asText()).isEqualTo("response");
        assertThat(response.path("status").asText()).isEqualTo("completed");
        assertThat(response.path("model").asText()).isEqualTo("test");
        assertThat(response.path("metadata").path("who").asText()).isEqualTo("me");
        assertThat(response.path("temperature").asDouble(-1)).isZero();
        assertThat(response.path("top_p").asDouble()).isEqualTo(0.5);
        assertThat(response.path("store").asBoolean()).isTrue();
        assertThat(response.path("tools").path(0).path("name").asText()).isEqualTo("add");
        assertThat(response.path("output")).hasSize(1);
        JsonNode message = response.path("output").path(0);
        assertThat(message.path("id").asText()).startsWith("msg_");
        assertThat(message.path("role").asText()).isEqualTo("assistant");
        assertThat(message.path("status").asText()).isEqualTo("completed");
        assertThat(text(response)).isEqualTo(TEXT);
        int tokens = TEXT.getBytes(StandardCharsets.UTF_8).length;
        JsonNode usage = response.path("usage");
        assertThat(usage.path("output_tokens").asInt()).isEqualTo(tokens);
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(tokens + usage.path("input_tokens").asInt());
    }

    @Test
    void text_streamed_hasAllItsEventsInOrder() {
        List<JsonNode> events = http.typedEvents(PATH, body(TEXT_QUESTION, "\"stream\":true"));
        LinkedHashSet<String> types = new LinkedHashSet<>();
        events.forEach(event -> types.add(event.path("type").asText()));
        assertThat(types)
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.completed");
        assertThat(joined(events, "response.output_text.delta")).isEqualTo(TEXT);
        JsonNode response = events.get(events.size() - 1).path("response");
        assertThat(text(response)).isEqualTo(TEXT);
        assertThat(events.get(0).path("response").path("id")).isEqualTo(response.path("id"));
        assertThat(events.get(0).path("response").path("status").asText()).isEqualTo("in_progress");
        assertThat(http.get(PATH + '/' + response.path("id").asText()).json()).isEqualTo(response);
    }

    @Test
    void tools_giveTheThoughtAndTheCalls_streamedOrNot() {
        JsonNode output = create(body(CALL_QUESTION)).path("output");
        assertThat(output).hasSize(3);
        assertThat(output.path(0).path("type").asText()).isEqualTo("reasoning");
        assertThat(output.path(0).path("content").path(0).path("text").asText()).contains(THOUGHT);
        assertThat(output.path(1).path("type").asText()).isEqualTo("function_call");
        assertThat(output.path(1).path("name").asText()).isEqualTo("add");
        assertThat(output.path(1).path("arguments").asText()).isEqualTo("{\"a\": 3}");
        assertThat(output.path(2).path("arguments").asText()).isEqualTo("{\"a\": 1}");
        assertThat(output.path(2).path("call_id")).isNotEqualTo(output.path(1).path("call_id"));
        List<JsonNode> events = http.typedEvents(PATH, body(CALL_QUESTION, "\"stream\":true"));
        assertThat(joined(events, "response.reasoning_text.delta")).contains(THOUGHT);
        assertThat(joined(events, "response.function_call_arguments.delta")).isEqualTo("{\"a\": 3}{\"a\": 1}");
        List<String> names = new ArrayList<>();
        events.stream()
                .filter(event -> event.path("type").asText().equals("response.function_call_arguments.done"))
                .forEach(event -> names.add(event.path("name").asText()));
        assertThat(names).containsExactly("add", "add");
    }

    @Test
    void thoughts_areSummaries_whereThatIsAskedFor() {
        String[] more = {"\"reasoning\":{\"summary\":\"auto\"}", "\"stream\":true"};
        JsonNode thought = create(body(CALL_QUESTION, more[0])).path("output").path(0);
        assertThat(thought.path("summary").path(0).path("text").asText()).contains(THOUGHT);
        List<JsonNode> events = http.typedEvents(PATH, body(CALL_QUESTION, more));
        assertThat(joined(events, "response.reasoning_summary_text.delta")).contains(THOUGHT);
        assertThat(joined(events, "response.reasoning_text.delta")).isEmpty();
    }

    @Test
    void previousResponse_isPrefilledNoMore() {
        JsonNode first = create(body(TEXT_QUESTION));
        JsonNode second = create(body(NEXT_QUESTION, previous(first)));
        assertThat(text(second)).isEqualTo(NEXT);
        JsonNode usage = first.path("usage");
        int conversation =
                usage.path("input_tokens").asInt() + usage.path("output_tokens").asInt();
        assertThat(second.path("usage")
                        .path("input_tokens_details")
                        .path("cached_tokens")
                        .asInt())
                .isGreaterThanOrEqualTo(conversation);
        assertThat(second.path("previous_response_id")).isEqualTo(first.path("id"));
        JsonNode counted = http.post(
                        PATH + "/input_tokens",
                        "{\"input\":\"" + NEXT_QUESTION + "\"," + TOOLS + "," + previous(first) + "}")
                .json();
        assertThat(counted.path("input_tokens")).isEqualTo(second.path("usage").path("input_tokens"));
    }

    @Test
    void roundOfTools_goesOnFromThePreviousResponse_orFromItsItems() {
        JsonNode first = create(body(CALL_QUESTION));
        String results = "{\"type\":\"function_call_output\",\"call_id\":"
                + first.path("output").path(1).path("call_id")
                + ",\"output\":\"3\"},{\"type\":\"function_call_output\",\"call_id\":"
                + first.path("output").path(2).path("call_id")
                + ",\"output\":[{\"type\":\"input_text\",\"text\":\"4\"}]}";
        JsonNode second = create(body("[" + results + "]", previous(first)));
        assertThat(text(second)).isEqualTo(SUM);
        JsonNode given = http.get(PATH + '/' + second.path("id").asText() + "/input_items?order=asc")
                .json()
                .path("data");
        assertThat(given).hasSize(2);
        assertThat(given.path(1).path("output").asText()).isEqualTo("4");
        String output = first.path("output").toString();
        String items = "[{\"role\":\"user\",\"content\":\"" + CALL_QUESTION + "\"},"
                + output.substring(1, output.length() - 1) + "," + results + "]";
        assertThat(text(create(body(items, "\"store\":false")))).isEqualTo(SUM);
    }

    @Test
    void limit_makesTheResponseIncomplete() {
        JsonNode response = create(body(TEXT_QUESTION).replace("300,", "5,"));
        assertThat(response.path("status").asText()).isEqualTo("incomplete");
        assertThat(response.path("incomplete_details").path("reason").asText()).isEqualTo("max_output_tokens");
        assertThat(response.path("output").path(0).path("status").asText()).isEqualTo("incomplete");
        List<JsonNode> events = http.typedEvents(
                PATH, body(CALL_QUESTION, "\"stream\":true").replace("300,", (THOUGHT.length() + 60) + ","));
        assertThat(events.get(events.size() - 1).path("type").asText()).isEqualTo("response.incomplete");
        JsonNode cut = events.get(events.size() - 1).path("response");
        create(body(NEXT_QUESTION, previous(cut)));
    }

    @Test
    void storedResponse_canBeReadAndDeleted() {
        JsonNode response = create(
                body(
                        "[{\"role\":\"developer\",\"content\":\"be brief\"},{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"hi\"}]}]"));
        String path = PATH + '/' + response.path("id").asText();
        assertThat(http.get(path).json()).isEqualTo(response);
        JsonNode items = http.get(path + "/input_items").json();
        assertThat(items.path("data")).hasSize(2);
        assertThat(items.path("data")
                        .path(0)
                        .path("content")
                        .path(0)
                        .path("text")
                        .asText())
                .isEqualTo("hi");
        assertThat(items.path("has_more").asBoolean()).isFalse();
        JsonNode first = http.get(path + "/input_items?order=asc&limit=1").json();
        assertThat(first.path("data").path(0).path("role").asText()).isEqualTo("developer");
        assertThat(first.path("has_more").asBoolean()).isTrue();
        String after = "&after=" + first.path("last_id").asText();
        assertThat(http.get(path + "/input_items?order=asc" + after).json().path("data"))
                .hasSize(1);
        assertThat(http.post(path + "/cancel", "").status()).isEqualTo(400);
        assertThat(http.delete(path).json().path("deleted").asBoolean()).isTrue();
        assertThat(http.get(path).status()).isEqualTo(404);
        assertThat(http.delete(path).status()).isEqualTo(404);
        assertThat(http.post(PATH, body("x", previous(response)))
                        .json()
                        .path("error")
                        .path("code")
                        .asText())
                .isEqualTo("previous_response_not_found");
    }

    @Test
    void responseThatIsNotStored_isNotKept() {
        JsonNode response = create(body(TEXT_QUESTION, "\"store\":false"));
        assertThat(http.get(PATH + '/' + response.path("id").asText()).status()).isEqualTo(404);
    }

    @Test
    void format_holdsTheAnswerToTheSchema() {
        String format = "\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"n\",\"strict\":true,\"schema\":"
                + "{\"type\":\"object\",\"properties\":{\"size\":{\"enum\":[1,2]}},\"required\":[\"size\"],"
                + "\"additionalProperties\":false}}}";
        JsonNode response = create(body("any", format, "\"tool_choice\":\"none\""));
        assertThat(ServerFixture.json(text(response)).path("size").asInt()).isBetween(1, 2);
        assertThat(response.path("text").path("format").path("name").asText()).isEqualTo("n");
    }

    @Test
    void logprobs_areThoseOfTheTokens_streamedOrNot() {
        String[] more = {
            "\"include\":[\"message.output_text.logprobs\"]",
            "\"top_logprobs\":2",
            "\"tool_choice\":\"none\"",
            "\"stream\":true"
        };
        JsonNode tokens = create(body(TEXT_QUESTION, more[0], more[1], more[2]))
                .path("output")
                .path(0)
                .path("content")
                .path(0)
                .path("logprobs");
        assertThat(tokens).isNotEmpty();
        List<JsonNode> streamed = new ArrayList<>();
        List<JsonNode> events = http.typedEvents(PATH, body(TEXT_QUESTION, more));
        events.forEach(event -> {
            if (event.path("type").asText().equals("response.output_text.delta")) {
                event.path("logprobs").forEach(streamed::add);
            }
        });
        assertThat(streamed).hasSameSizeAs(tokens);
        assertThat(streamed)
                .allSatisfy(token -> assertThat(token.path("top_logprobs")).hasSize(2));
    }
}
