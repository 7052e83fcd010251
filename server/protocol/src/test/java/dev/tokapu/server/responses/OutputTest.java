package dev.tokapu.server.responses;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.text.Usage;
import dev.tokapu.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputTest {

    private final List<Map<String, Object>> sent = new ArrayList<>();

    private Output output(boolean summary) {
        return new Output(new EventSequence(sent::add), summary);
    }

    private List<Item> end(Output output, boolean cutOff, AnswerDelta... deltas) {
        for (AnswerDelta delta : deltas) {
            output.more(delta, List.of());
        }
        output.end(cutOff);
        return output.items();
    }

    /** Each event as its type, without "response.", and where it belongs. */
    private List<String> events() {
        return sent.stream()
                .map(event ->
                        String.valueOf(event.get("type")).replace("response.", "") + ' ' + event.get("output_index"))
                .toList();
    }

    @Test
    void events_areNumbered() {
        end(output(false), false, new AnswerDelta.Text("a"));
        assertThat(sent).extracting(event -> event.get("sequence_number")).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void text_isAMessageOfOnePart() {
        List<Item> items = end(output(false), false, new AnswerDelta.Text("a"), new AnswerDelta.Text("b"));
        assertThat(events())
                .containsExactly(
                        "output_item.added 0",
                        "content_part.added 0",
                        "output_text.delta 0",
                        "output_text.delta 0",
                        "output_text.done 0",
                        "content_part.done 0",
                        "output_item.done 0");
        assertThat(JsonText.text(sent.get(0).get("item"))).contains("\"content\":[]", "\"status\":\"in_progress\"");
        assertThat(sent.get(3)).containsEntry("delta", "b").containsEntry("content_index", 0);
        assertThat(sent.get(4)).containsEntry("text", "ab");
        assertThat(items).hasSize(1);
        assertThat(JsonText.text(items.get(0).json()))
                .isEqualTo("{\"id\":\"" + items.get(0).id()
                        + "\",\"type\":\"message\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":"
                        + "[{\"type\":\"output_text\",\"text\":\"ab\",\"annotations\":[],\"logprobs\":[]}]}");
        assertThat(sent.get(1)).containsEntry("item_id", items.get(0).id());
    }

    @Test
    void answerThatSaysNothing_isAnEmptyMessage() {
        List<Item> items = end(output(false), false);
        assertThat(items).hasSize(1);
        assertThat(events()).first().isEqualTo("output_item.added 0");
        assertThat(JsonText.text(items.get(0).json())).contains("\"text\":\"\"");
    }

    @Test
    void thoughtTextAndCalls_areItemsInOrder() {
        List<Item> items = end(
                output(false),
                false,
                new AnswerDelta.Reasoning("hm"),
                new AnswerDelta.Text("a"),
                new AnswerDelta.CallStarted(0, "c1", "f"),
                new AnswerDelta.CallArguments(0, "{\"x\""),
                new AnswerDelta.CallArguments(0, ":1}"),
                new AnswerDelta.CallCompleted(0, new ToolCall("c1", "f", "{\"x\":1}")),
                new AnswerDelta.CallStarted(1, "c2", "g"),
                new AnswerDelta.CallArguments(1, "{}"),
                new AnswerDelta.CallCompleted(1, new ToolCall("c2", "g", "{}")));
        assertThat(events())
                .containsExactly(
                        "output_item.added 0",
                        "content_part.added 0",
                        "reasoning_text.delta 0",
                        "reasoning_text.done 0",
                        "content_part.done 0",
                        "output_item.done 0",
                        "output_item.added 1",
                        "content_part.added 1",
                        "output_text.delta 1",
                        "output_text.done 1",
                        "content_part.done 1",
                        "output_item.done 1",
                        "output_item.added 2",
                        "function_call_arguments.delta 2",
                        "function_call_arguments.delta 2",
                        "function_call_arguments.done 2",
                        "output_item.done 2",
                        "output_item.added 3",
                        "function_call_arguments.delta 3",
                        "function_call_arguments.done 3",
                        "output_item.done 3");
        assertThat(sent.get(15)).containsEntry("name", "f").containsEntry("arguments", "{\"x\":1}");
        assertThat(JsonText.text(items.get(0).json()))
                .endsWith("\"summary\":[],\"content\":[{\"type\":\"reasoning_text\",\"text\":\"hm\"}],"
                        + "\"status\":\"completed\"}");
        assertThat(JsonText.text(items.get(3).json()))
                .endsWith("\"type\":\"function_call\",\"status\":\"completed\",\"call_id\":\"c2\",\"name\":\"g\","
                        + "\"arguments\":\"{}\"}");
    }

    @Test
    void thoughts_areSummaries_whereThatIsAskedFor() {
        List<Item> items = end(output(true), false, new AnswerDelta.Reasoning("hm"), new AnswerDelta.Text("a"));
        assertThat(events().subList(0, 6))
                .containsExactly(
                        "output_item.added 0",
                        "reasoning_summary_part.added 0",
                        "reasoning_summary_text.delta 0",
                        "reasoning_summary_text.done 0",
                        "reasoning_summary_part.done 0",
                        "output_item.done 0");
        assertThat(sent.get(2)).containsEntry("summary_index", 0);
        assertThat(JsonText.text(items.get(0).json()))
                .endsWith("\"summary\":[{\"type\":\"summary_text\",\"text\":\"hm\"}],\"status\":\"completed\"}");
    }

    @Test
    void whatIsCutOff_isIncomplete_andWhatCameBeforeIsNot() {
        List<Item> items = end(
                output(false),
                true,
                new AnswerDelta.Text("a"),
                new AnswerDelta.CallStarted(0, "c1", "f"),
                new AnswerDelta.CallArguments(0, "{\"x"));
        assertThat(JsonText.text(items.get(0).json())).contains("\"status\":\"completed\"");
        assertThat(JsonText.text(items.get(1).json())).contains("\"status\":\"incomplete\"");
        assertThat(events()).last().isEqualTo("output_item.done 1");
    }

    @Test
    void response_tellsHowItEnded() {
        ResponseHead head = new ResponseHead("resp_1", 7, Map.of("model", "m"));
        assertThat(JsonText.text(head.inProgress()))
                .isEqualTo("{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":7,\"status\":\"in_progress\","
                        + "\"error\":null,\"incomplete_details\":null,\"output\":[],\"model\":\"m\"}");
        assertThat(head.ended(List.of(), false, Usage.NONE))
                .containsEntry("status", "completed")
                .containsEntry("incomplete_details", null);
        assertThat(head.ended(List.of(), true, new Usage(9, 4, 3, 0, 0, 2)))
                .containsEntry("status", "incomplete")
                .containsEntry("incomplete_details", Map.of("reason", "max_output_tokens"))
                .extractingByKey("usage")
                .hasToString("{input_tokens=9, input_tokens_details={cached_tokens=4, cache_write_tokens=0}, "
                        + "output_tokens=3, output_tokens_details={reasoning_tokens=2}, total_tokens=12}");
    }

    @ParameterizedTest
    @CsvSource({
        "INTERNAL, server_error",
        "UNAVAILABLE, server_error",
        "LIMIT, rate_limit_exceeded",
        "INVALID, invalid_prompt"
    })
    void responseThatFailed_tellsWhy(Kind kind, String code) {
        ResponseHead head = new ResponseHead("resp_1", 7, Map.of());
        assertThat(head.failed(List.of(), Problem.of(kind, "no room")))
                .containsEntry("status", "failed")
                .containsEntry("error", Map.of("code", code, "message", "no room"));
    }
}
