package dev.tokapu.server.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.text.FinishReason;
import dev.tokapu.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockEventsTest {

    private static List<String> events(boolean showsThoughts, AnswerDelta... deltas) {
        List<String> sent = new ArrayList<>();
        BlockEvents events = new BlockEvents(showsThoughts, event -> sent.add(JsonText.text(event)));
        for (AnswerDelta delta : deltas) {
            events.more(delta);
        }
        events.end();
        return sent;
    }

    private static String delta(int index, String delta) {
        return "{\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":{" + delta + "}}";
    }

    private static String start(int index, String block) {
        return "{\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":{" + block + "}}";
    }

    private static String stop(int index) {
        return "{\"type\":\"content_block_stop\",\"index\":" + index + "}";
    }

    private static String call(int index, String id) {
        return start(
                index,
                "\"type\":\"tool_use\",\"id\":\"" + id
                        + "\",\"name\":\"f\",\"input\":{},\"caller\":{\"type\":\"direct\"}");
    }

    @Test
    void text_isOneBlock() {
        assertThat(events(true, new AnswerDelta.Text("a"), new AnswerDelta.Text("b")))
                .containsExactly(
                        start(0, "\"type\":\"text\",\"text\":\"\""),
                        delta(0, "\"type\":\"text_delta\",\"text\":\"a\""),
                        delta(0, "\"type\":\"text_delta\",\"text\":\"b\""),
                        stop(0));
    }

    @Test
    void noDelta_isNoBlock() {
        assertThat(events(true)).isEmpty();
    }

    @Test
    void thoughtTextAndCalls_areBlocksInOrder() {
        ToolCall first = new ToolCall("c1", "f", "{\"x\":1}");
        assertThat(events(
                        true,
                        new AnswerDelta.Reasoning("hm"),
                        new AnswerDelta.Text("a"),
                        new AnswerDelta.CallStarted(0, "c1", "f"),
                        new AnswerDelta.CallArguments(0, "{\"x\""),
                        new AnswerDelta.CallArguments(0, ":1}"),
                        new AnswerDelta.CallCompleted(0, first),
                        new AnswerDelta.CallStarted(1, "c2", "f"),
                        new AnswerDelta.CallArguments(1, "{}"),
                        new AnswerDelta.CallCompleted(1, new ToolCall("c2", "f", "{}"))))
                .containsExactly(
                        start(0, "\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\""),
                        delta(0, "\"type\":\"thinking_delta\",\"thinking\":\"hm\""),
                        delta(0, "\"type\":\"signature_delta\",\"signature\":\"unsigned\""),
                        stop(0),
                        start(1, "\"type\":\"text\",\"text\":\"\""),
                        delta(1, "\"type\":\"text_delta\",\"text\":\"a\""),
                        stop(1),
                        call(2, "c1"),
                        delta(2, "\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"x\\\"\""),
                        delta(2, "\"type\":\"input_json_delta\",\"partial_json\":\":1}\""),
                        stop(2),
                        call(3, "c2"),
                        delta(3, "\"type\":\"input_json_delta\",\"partial_json\":\"{}\""),
                        stop(3));
    }

    @Test
    void callThatIsCutOff_isClosed() {
        assertThat(events(true, new AnswerDelta.CallStarted(0, "c1", "f"), new AnswerDelta.CallArguments(0, "{")))
                .containsExactly(
                        call(0, "c1"), delta(0, "\"type\":\"input_json_delta\",\"partial_json\":\"{\""), stop(0));
    }

    @Test
    void thoughtsThatAreOmitted_areABlockWithoutText() {
        assertThat(events(false, new AnswerDelta.Reasoning("hm"), new AnswerDelta.Reasoning("so")))
                .containsExactly(
                        start(0, "\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\""),
                        delta(0, "\"type\":\"signature_delta\",\"signature\":\"unsigned\""),
                        stop(0));
    }

    @Test
    void end_tellsWhy() {
        assertThat(MessageJson.end(FinishReason.STOP_TOKEN, false, null)).containsEntry("stop_reason", "end_turn");
        assertThat(MessageJson.end(FinishReason.STOP_TOKEN, true, null)).containsEntry("stop_reason", "tool_use");
        assertThat(MessageJson.end(FinishReason.MAX_TOKENS, true, null)).containsEntry("stop_reason", "max_tokens");
        assertThat(MessageJson.end(FinishReason.CONTEXT_FULL, false, null))
                .containsEntry("stop_reason", "model_context_window_exceeded");
        assertThat(MessageJson.end(FinishReason.STOP_TEXT, false, "X"))
                .containsEntry("stop_reason", "stop_sequence")
                .containsEntry("stop_sequence", "X");
    }
}
