package dev.tokapu.server.openai;

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
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatConversationTest {

    private static final String USER = "{\"role\":\"user\",\"content\":\"hi\"}";

    private static ChatRequest read(String json) {
        JsonObject body = JsonText.readObject(json.getBytes(StandardCharsets.UTF_8));
        ChatRequest request =
                ChatConversation.read(body, ReasoningOptions.defaults()).request();
        body.rejectUnknown(Set.of());
        return request;
    }

    private static ChatRequest with(String more) {
        return read("{\"messages\":[" + USER + "]," + more + "}");
    }

    @Test
    void messages_ofAllRoles_areRead() {
        ChatRequest request = read("""
                {"messages":[
                  {"role":"developer","content":"be brief"},
                  {"role":"user","name":"Ann","content":[{"type":"text","text":"a"},{"type":"text","text":"b","prompt_cache_breakpoint":{"mode":"explicit"}}]},
                  {"role":"assistant","content":null,"reasoning_content":"hm","refusal":null,
                   "tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\\"x\\": 1}"}}]},
                  {"role":"tool","tool_call_id":"c1","content":"2"},
                  {"role":"assistant","content":"two"}]}
                """);
        assertThat(request.messages())
                .containsExactly(
                        ChatMessage.system("be brief"),
                        ChatMessage.user("ab"),
                        new ChatMessage(Role.ASSISTANT, "", "hm", List.of(new ToolCall("c1", "f", "{\"x\": 1}")), null),
                        ChatMessage.tool("c1", "2"),
                        ChatMessage.assistant("two"));
    }

    /** What is wrong, and which parameter is named. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{} | messages",
                "{\"messages\":[]} | messages",
                "{\"messages\":\"hi\"} | messages",
                "{\"messages\":[3]} | messages[0]",
                "{\"messages\":[{\"content\":\"x\"}]} | messages[0].role",
                "{\"messages\":[{\"role\":\"robot\",\"content\":\"x\"}]} | messages[0].role",
                "{\"messages\":[{\"role\":\"user\"}]} | messages[0].content",
                "{\"messages\":[{\"role\":\"assistant\"}]} | messages[0].content",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{}}]}]} | messages[0].content[0].type",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"x\",\"weight\":1}]} | messages[0].weight",
                "{\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]} | messages[0].tool_call_id",
                "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"[]\"}}]}]} | messages[0].tool_calls[0].function.arguments"
            })
    void message_thatIsWrong_isNamed(String json, String parameter) {
        assertNamed(() -> read(json), parameter);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"tools\":[{\"type\":\"search\"}] | tools[0].type",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a b\"}}] | tools[0].function.name",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":3}}] | tools[0].function.parameters",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"bogus\":3}}] | tools[0].function.bogus",
                "\"tool_choice\":\"required\" | tool_choice",
                "\"tool_choice\":\"maybe\" | tool_choice",
                "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}} | tool_choice",
                "\"response_format\":{\"type\":\"yaml\"} | response_format.type",
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{}} | response_format.json_schema.schema",
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"type\":\"thing\"}}} | response_format.json_schema.schema",
                "\"response_format\":{\"type\":\"json_object\"},\"grammar\":\"root ::= \\\"a\\\"\" | response_format",
                "\"grammar\":\"\" | grammar",
                "\"reasoning_effort\":\"extreme\" | reasoning_effort"
            })
    void parameter_thatIsWrong_isNamed(String more, String parameter) {
        assertNamed(() -> with(more), parameter);
    }

    private static void assertNamed(Runnable action, String parameter) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(action::run)
                .satisfies(e -> assertThat(e.problem().parameter()).isEqualTo(parameter));
    }

    @Test
    void tools_andTheirChoice_areRead() {
        String tool =
                "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true,\"parameters\":{\"type\":\"object\"}}}";
        ChatRequest request = with(
                "\"tools\":[" + tool
                        + "],\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}},\"parallel_tool_calls\":false");
        assertThat(request.tools()).hasSize(1);
        assertThat(request.tools().get(0).parametersJsonSchema()).isEqualTo("{\"type\":\"object\"}");
        assertThat(request.toolChoice()).isEqualTo(ToolChoice.named("f"));
        assertThat(request.parallelToolCalls()).isFalse();
    }

    @Test
    void formats_becomeGrammars() {
        String schema = "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"strict\":true,"
                + "\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}}}";
        assertThat(with(schema).answerGrammar().gbnf()).contains("root");
        assertThat(with("\"response_format\":{\"type\":\"json_object\"}").answerGrammar())
                .isNotNull();
        assertThat(with("\"response_format\":{\"type\":\"text\"}").answerGrammar())
                .isNull();
        assertThat(with("\"grammar\":\"root ::= \\\"a\\\"\"").answerGrammar().gbnf())
                .isEqualTo("root ::= \"a\"");
    }

    @Test
    void reasoning_isReadFromEffortAndFromTemplateArguments() {
        assertThat(with("\"reasoning_effort\":\"low\"").reasoning())
                .isEqualTo(ReasoningOptions.defaults().withEffort("low"));
        assertThat(with("\"reasoning_effort\":\"none\"").reasoning()).isEqualTo(ReasoningOptions.off());
        ChatRequest off =
                with("\"chat_template_kwargs\":{\"enable_thinking\":false,\"style\":\"short\",\"none\":null}");
        assertThat(off.reasoning()).isEqualTo(ReasoningOptions.off());
        assertThat(off.arguments()).containsOnlyKeys("style");
    }
}
