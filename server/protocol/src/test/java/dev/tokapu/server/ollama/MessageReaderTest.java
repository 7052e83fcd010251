package dev.tokapu.server.ollama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.Role;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.tool.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageReaderTest {

    private static List<ChatMessage> read(String messages) {
        String body = "{\"messages\":[" + messages + "]}";
        return MessageReader.read(
                JsonText.readObject(body.getBytes(StandardCharsets.UTF_8)).elements("messages"));
    }

    private static ToolCall call(int number, String name) {
        return new ToolCall("call_" + number, name, "{\"x\":" + number + "}");
    }

    @Test
    void messages_ofAllRoles_areRead() {
        assertThat(read("""
                        {"role":"system","content":"be brief"},
                        {"role":"user","content":"hi","images":[]},
                        {"role":"assistant","content":"hello","thinking":"hm"}"""))
                .containsExactly(
                        ChatMessage.system("be brief"),
                        ChatMessage.user("hi"),
                        new ChatMessage(Role.ASSISTANT, "hello", "hm", List.of(), null));
    }

    @Test
    void resultsOfTools_belongToCallsByNameOrInTheirOrder() {
        String calls = """
                {"role":"assistant","content":"","tool_calls":[
                  {"function":{"name":"f","arguments":{"x":0}}},
                  {"function":{"index":1,"name":"g","arguments":{"x":1}}},
                  {"type":"function","function":{"name":"f","arguments":{"x":2}}}]},""";
        ChatMessage assistant =
                new ChatMessage(Role.ASSISTANT, "", "", List.of(call(0, "f"), call(1, "g"), call(2, "f")), null);
        assertThat(read(calls + """
                        {"role":"tool","tool_name":"g","content":"b"},
                        {"role":"tool","content":"a"},
                        {"role":"tool","tool_name":"f","content":"c"}"""))
                .containsExactly(
                        assistant,
                        ChatMessage.tool("call_1", "b"),
                        ChatMessage.tool("call_0", "a"),
                        ChatMessage.tool("call_2", "c"));
    }

    @Test
    void resultsOfTools_belongToCallsById() {
        assertThat(read("""
                        {"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f"}},{"id":"b","function":{"name":"f"}}]},
                        {"role":"tool","tool_call_id":"b","content":"2"}""").get(1)).isEqualTo(ChatMessage.tool("b", "2"));
    }

    /** What is wrong, and which parameter is named. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"role\":\"user\"} | messages[0].content",
                "{\"role\":\"else\",\"content\":\"\"} | messages[0].role",
                "{\"role\":\"user\",\"content\":\"\",\"images\":[\"aGk=\"]} | messages[0].images",
                "{\"role\":\"user\",\"content\":\"\",\"other\":1} | messages[0].other",
                "{\"role\":\"tool\",\"content\":\"2\"} | messages[0]",
                "{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"\"}}]} | messages[0].tool_calls[0].function.name",
                "{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}"
                        + " | messages[0].tool_calls[0].function.arguments",
            })
    void messages_thatAreWrong_areRefusedByName(String message, String parameter) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> read(message))
                .satisfies(e -> assertThat(e.problem().parameter()).isEqualTo(parameter));
    }
}
