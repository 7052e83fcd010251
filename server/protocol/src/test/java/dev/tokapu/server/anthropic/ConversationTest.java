package dev.tokapu.server.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.chat.Role;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolChoice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversationTest {

    private static final String USER = "{\"role\":\"user\",\"content\":\"hi\"}";
    private static final String TOOL = "{\"name\":\"f\",\"description\":\"d\",\"input_schema\":{\"type\":\"object\"}}";

    private static Conversation read(String json) {
        JsonObject body = JsonText.readObject(json.getBytes(StandardCharsets.UTF_8));
        Conversation conversation = Conversation.read(body);
        body.rejectUnknown(Ignored.PARAMETERS);
        return conversation;
    }

    private static List<ChatMessage> messages(String elements) {
        return read("{\"messages\":[" + elements + "]}").request().messages();
    }

    private static Conversation with(String more) {
        return read("{\"messages\":[" + USER + "]," + more + "}");
    }

    @Test
    void system_isTextOrBlocks() {
        assertThat(with("\"system\":\"be brief\"").request().messages())
                .containsExactly(ChatMessage.system("be brief"), ChatMessage.user("hi"));
        String blocks = "\"system\":[{\"type\":\"text\",\"text\":\"a\",\"cache_control\":{\"type\":\"ephemeral\"}},"
                + "{\"type\":\"text\",\"text\":\"b\"}]";
        assertThat(with(blocks).request().messages())
                .containsExactly(ChatMessage.system("a\nb"), ChatMessage.user("hi"));
    }

    @Test
    void roundOfTools_isThoughtTextCallsAndResults() {
        List<ChatMessage> messages = messages("""
                {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
                {"role":"assistant","content":[
                  {"type":"thinking","thinking":"hm","signature":"unsigned"},
                  {"type":"redacted_thinking","data":"x"},
                  {"type":"text","text":"I look","citations":null},
                  {"type":"tool_use","id":"c1","name":"f","input":{"x": 1},"caller":{"type":"direct"}},
                  {"type":"tool_use","id":"c2","name":"f","input":{}}]},
                {"role":"user","content":[
                  {"type":"text","text":"now?"},
                  {"type":"tool_result","tool_use_id":"c1","content":"2"},
                  {"type":"tool_result","tool_use_id":"c2","is_error":true,
                   "content":[{"type":"text","text":"no"},{"type":"text","text":"way"}]}]}
                """);
        assertThat(messages)
                .containsExactly(
                        ChatMessage.user("a\nb"),
                        new ChatMessage(
                                Role.ASSISTANT,
                                "I look",
                                "hm",
                                List.of(new ToolCall("c1", "f", "{\"x\":1}"), new ToolCall("c2", "f", "{}")),
                                null),
                        ChatMessage.tool("c1", "2"),
                        ChatMessage.tool("c2", "Error: no\nway"),
                        ChatMessage.user("now?"));
    }

    @Test
    void messagesOfOneRole_areOne() {
        String assistant = "{\"role\":\"assistant\",\"content\":\"x\"}";
        String calls =
                "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"1\",\"name\":\"f\",\"input\":{}}]}";
        assertThat(messages(String.join(",", USER, USER, assistant, calls, USER)))
                .containsExactly(
                        ChatMessage.user("hi\nhi"),
                        ChatMessage.assistant("x", List.of(new ToolCall("1", "f", "{}"))),
                        ChatMessage.user("hi"));
    }

    @Test
    void resultWithoutContent_isEmpty() {
        assertThat(messages("{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"1\"}]}"))
                .containsExactly(ChatMessage.tool("1", ""));
    }

    /** What is wrong, and which parameter is named. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"content\":\"x\"} | messages[0].role",
                "{\"role\":\"tool\",\"content\":\"x\"} | messages[0].role",
                "{\"role\":\"user\"} | messages[0].content",
                "{\"role\":\"user\",\"content\":[]} | messages[0].content",
                "{\"role\":\"user\",\"content\":7} | messages[0].content",
                "{\"role\":\"user\",\"content\":\"x\",\"name\":\"n\"} | messages[0].name",
                "{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":{}}]} | messages[0].content[0].type",
                "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\",\"bogus\":1}]} | messages[0].content[0].bogus",
                "{\"role\":\"user\",\"content\":[{\"type\":\"tool_use\"}]} | messages[0].content[0].type",
                "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\"}]} | messages[0].content[0].tool_use_id",
                "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"1\",\"content\":[{\"type\":\"image\"}]}]} | messages[0].content[0].content[0].type",
                "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"1\",\"name\":\"f\",\"input\":\"{}\"}]} | messages[0].content[0].input",
                "{\"role\":\"assistant\",\"content\":\"The answer is\"} | messages[0]"
            })
    void message_thatIsWrong_isNamed(String message, String parameter) {
        assertNamed(() -> messages(message), parameter);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"bogus\":1 | bogus",
                "\"system\":7 | system",
                "\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}] | tools[0].type",
                "\"tools\":[{\"name\":\"f\"}] | tools[0].input_schema",
                "\"tools\":[{\"name\":\"a b\",\"input_schema\":{}}] | tools[0].name",
                "\"tools\":[{\"name\":\"f\",\"input_schema\":{},\"defer_loading\":true}] | tools[0].defer_loading",
                "\"tool_choice\":{\"type\":\"any\"} | tool_choice",
                "\"tool_choice\":\"auto\" | tool_choice",
                "\"tool_choice\":{\"type\":\"some\"} | tool_choice.type",
                "\"tool_choice\":{\"type\":\"tool\"} | tool_choice.name",
                "\"tool_choice\":{\"type\":\"tool\",\"name\":\"g\"} | tool_choice",
                "\"thinking\":{\"type\":\"enabled\"} | thinking.budget_tokens",
                "\"thinking\":{\"type\":\"disabled\",\"budget_tokens\":3} | thinking.budget_tokens",
                "\"thinking\":{\"type\":\"adaptive\",\"display\":\"big\"} | thinking.display",
                "\"output_config\":{\"effort\":\"none\"} | output_config.effort",
                "\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"thing\"}}} | output_config.format.schema"
            })
    void parameter_thatIsWrong_isNamed(String more, String parameter) {
        assertNamed(() -> with(more), parameter);
    }

    private static void assertNamed(Runnable action, String parameter) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(action::run)
                .satisfies(e -> assertThat(e.problem().parameter()).isEqualTo(parameter));
    }

    /** How tools may be called, and what that is here. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"type\":\"auto\"} | AUTO | ",
                "{\"type\":\"any\",\"disable_parallel_tool_use\":true} | REQUIRED | false",
                "{\"type\":\"tool\",\"name\":\"f\",\"disable_parallel_tool_use\":false} | NAMED | ",
                "{\"type\":\"none\"} | NONE | "
            })
    void toolChoice_isRead(String choice, ToolChoice.Kind kind, Boolean several) {
        ChatRequest request =
                with("\"tools\":[" + TOOL + "],\"tool_choice\":" + choice).request();
        assertThat(request.tools()).hasSize(1);
        assertThat(request.tools().get(0).description()).isEqualTo("d");
        assertThat(request.tools().get(0).parametersJsonSchema()).isEqualTo("{\"type\":\"object\"}");
        assertThat(request.toolChoice().kind()).isEqualTo(kind);
        assertThat(request.parallelToolCalls()).isEqualTo(several);
    }

    @Test
    void thinking_isOffUnlessItIsAskedFor() {
        ReasoningOptions defaults = ReasoningOptions.defaults();
        assertThat(with("\"system\":\"s\"").request().reasoning()).isEqualTo(ReasoningOptions.off());
        assertThat(with("\"thinking\":{\"type\":\"disabled\"}").request().reasoning())
                .isEqualTo(ReasoningOptions.off());
        Conversation enabled = with("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}");
        assertThat(enabled.request().reasoning()).isEqualTo(defaults.withBudget(1024));
        assertThat(enabled.showsThoughts()).isTrue();
        Conversation omitted = with(
                "\"thinking\":{\"type\":\"adaptive\",\"display\":\"omitted\"},\"output_config\":{\"effort\":\"low\"}");
        assertThat(omitted.request().reasoning()).isEqualTo(defaults.withEffort("low"));
        assertThat(omitted.showsThoughts()).isFalse();
    }

    @Test
    void format_becomesAGrammar() {
        String schema = "\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}}";
        assertThat(with(schema).request().answerGrammar().gbnf()).contains("root");
    }

    @Test
    void whatClientsAlwaysSend_isIgnored() {
        assertThat(with("\"cache_control\":{\"type\":\"ephemeral\"},\"context_management\":{\"edits\":[]}")
                        .request()
                        .messages())
                .hasSize(1);
    }
}
