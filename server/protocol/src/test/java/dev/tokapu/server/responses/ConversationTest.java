package dev.tokapu.server.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.chat.Role;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.responses.StoredResponse.Owner;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolChoice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversationTest {

    private static final String TOOL = "{\"type\":\"function\",\"name\":\"f\",\"description\":\"d\",\"strict\":true,"
            + "\"parameters\":{\"type\":\"object\"}}";

    private static final Owner OWNER = new Owner("", "");
    private static final ResponseStore STORE = store();

    private static ResponseStore store() {
        ResponseStore store = new ResponseStore(StoreLimits.defaults(), System::nanoTime);
        List<Item> output = List.of(
                new Item.Thought("rs_1", "hm", false, Item.COMPLETED),
                new Item.Call("fc_1", "c1", "f", "{}", Item.COMPLETED));
        byte[] body =
                JsonText.write(Map.of("output", output.stream().map(Item::json).toList()));
        List<Item> input = List.of(new Item.Message("msg_1", "user", "ask", List.of(), Item.COMPLETED));
        store.put(new StoredResponse("resp_1", OWNER, body, output, input, null));
        return store;
    }

    private static Conversation read(String json) {
        JsonObject body = JsonText.readObject(json.getBytes(StandardCharsets.UTF_8));
        Conversation conversation = Conversation.read(body, STORE, OWNER);
        body.rejectUnknown(Ignored.PARAMETERS);
        return conversation;
    }

    private static List<ChatMessage> items(String elements) {
        return read("{\"input\":[" + elements + "]}").request().messages();
    }

    private static Conversation with(String more) {
        return read("{\"input\":\"hi\"," + more + "}");
    }

    @Test
    void input_isATextOfTheUser_behindTheInstructions() {
        assertThat(with("\"instructions\":\"be brief\"").request().messages())
                .containsExactly(ChatMessage.system("be brief"), ChatMessage.user("hi"));
    }

    @Test
    void items_ofOneAnswer_areOneMessage() {
        assertThat(items("""
                {"role":"developer","content":"be brief"},
                {"type":"message","role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_text","text":"b"}]},
                {"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"x","status":null,
                 "content":[{"type":"reasoning_text","text":"hm"}]},
                {"type":"message","id":"msg_1","role":"assistant","status":"completed","phase":"commentary",
                 "content":[{"type":"output_text","text":"I look","annotations":[],"logprobs":[]}]},
                {"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{\\"x\\": 1}"},
                {"type":"function_call","call_id":"c2","name":"f","arguments":"{}","status":"completed"},
                {"type":"function_call_output","call_id":"c1","output":"2"},
                {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"3"}]},
                {"role":"assistant","content":"two"},
                {"role":"assistant","content":"three"}
                """))
                .containsExactly(
                        ChatMessage.system("be brief"),
                        ChatMessage.user("ab"),
                        new ChatMessage(
                                Role.ASSISTANT,
                                "I look",
                                "hm",
                                List.of(new ToolCall("c1", "f", "{\"x\": 1}"), new ToolCall("c2", "f", "{}")),
                                null),
                        ChatMessage.tool("c1", "2"),
                        ChatMessage.tool("c2", "3"),
                        ChatMessage.assistant("two"),
                        ChatMessage.assistant("three"));
    }

    @Test
    void summary_standsForTheThought_thatHasNoText() {
        assertThat(
                        items(
                                "{\"type\":\"reasoning\",\"id\":\"r\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"hm\"}]},"
                                        + "{\"role\":\"assistant\",\"content\":\"so\"},{\"role\":\"user\",\"content\":\"why\"}"))
                .containsExactly(new ChatMessage(Role.ASSISTANT, "so", "hm", List.of(), null), ChatMessage.user("why"));
    }

    @Test
    void callThatWasCutOff_wasNeverMade() {
        assertThat(
                        items(
                                "{\"role\":\"user\",\"content\":\"a\"},{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\","
                                        + "\"arguments\":\"{\\\"x\",\"status\":\"incomplete\"},{\"role\":\"user\",\"content\":\"b\"}"))
                .containsExactly(ChatMessage.user("a"), ChatMessage.user("b"));
    }

    @Test
    void previousResponse_andReferencesToItsItems_areTheSameConversation() {
        String result = "{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"2\"}";
        List<ChatMessage> wanted = List.of(
                ChatMessage.user("ask"),
                new ChatMessage(Role.ASSISTANT, "", "hm", List.of(new ToolCall("c1", "f", "{}")), null),
                ChatMessage.tool("c1", "2"));
        assertThat(read("{\"previous_response_id\":\"resp_1\",\"input\":[" + result + "]}")
                        .request()
                        .messages())
                .isEqualTo(wanted);
        assertThat(items("{\"role\":\"user\",\"content\":\"ask\"},{\"type\":\"item_reference\",\"id\":\"rs_1\"},"
                        + "{\"type\":\"item_reference\",\"id\":\"fc_1\"}," + result))
                .isEqualTo(wanted);
    }

    /** What is wrong, and which parameter is named. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"content\":\"x\"} | input[0].role",
                "{\"role\":\"tool\",\"content\":\"x\"} | input[0].role",
                "{\"role\":\"user\"} | input[0].content",
                "{\"role\":\"user\",\"content\":7} | input[0].content",
                "{\"role\":\"user\",\"content\":\"x\",\"weight\":1} | input[0].weight",
                "{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\"x\"}]} | input[0].content[0].type",
                "{\"role\":\"user\",\"content\":\"x\",\"status\":\"odd\"} | input[0].status",
                "{\"type\":\"item_reference\"} | input[0].id",
                "{\"type\":\"item_reference\",\"id\":\"x\"} | input[0].id",
                "{\"type\":\"item_reference\",\"id\":\"msg_1\"} | input[0].id",
                "{\"type\":\"item_reference\",\"id\":\"fc_1\"},{\"type\":\"item_reference\",\"id\":\"fc_1\"} | input[1].id",
                "{\"type\":\"item_reference\",\"id\":\"fc_1\",\"status\":\"x\"} | input[0].status",
                "{\"type\":\"web_search_call\",\"id\":\"x\"} | input[0].type",
                "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"\",\"arguments\":\"{}\"} | input[0].name",
                "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":\"[]\"} | input[0].arguments",
                "{\"type\":\"function_call\",\"name\":\"f\",\"arguments\":\"{}\"} | input[0].call_id",
                "{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"1\"} | input[0].call_id",
                "{\"type\":\"reasoning\",\"summary\":[{\"type\":\"text\",\"text\":\"x\"}]} | input[0].summary[0].type"
            })
    void item_thatIsWrong_isNamed(String item, String parameter) {
        assertNamed(() -> items(item), parameter);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{} | input",
                "{\"input\":[]} | input",
                "{\"input\":7} | input",
                "{\"input\":\"x\",\"bogus\":1} | bogus",
                "{\"input\":\"x\",\"instructions\":[]} | instructions",
                "{\"input\":\"x\",\"truncation\":\"auto\"} | truncation",
                "{\"input\":\"x\",\"conversation\":\"c\"} | conversation",
                "{\"input\":\"x\",\"previous_response_id\":\"resp_x\"} | previous_response_id",
                "{\"input\":\"x\",\"prompt\":{\"id\":\"p\"}} | prompt",
                "{\"input\":\"x\",\"tools\":[{\"type\":\"web_search\"}]} | tools[0].type",
                "{\"input\":\"x\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]} | tools[0].name",
                "{\"input\":\"x\",\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"defer_loading\":true}]} | tools[0].defer_loading",
                "{\"input\":\"x\",\"tool_choice\":\"required\"} | tool_choice",
                "{\"input\":\"x\",\"tool_choice\":{\"type\":\"allowed_tools\"}} | tool_choice.type",
                "{\"input\":\"x\",\"tool_choice\":{\"type\":\"function\",\"name\":\"g\"}} | tool_choice",
                "{\"input\":\"x\",\"text\":{\"verbosity\":\"high\"}} | text.verbosity",
                "{\"input\":\"x\",\"text\":{\"format\":{\"type\":\"grammar\"}}} | text.format.type",
                "{\"input\":\"x\",\"text\":{\"format\":{\"type\":\"json_schema\",\"schema\":{}}}} | text.format.name",
                "{\"input\":\"x\",\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"n\",\"schema\":{\"type\":\"thing\"}}}} | text.format.schema",
                "{\"input\":\"x\",\"text\":{\"format\":{\"type\":\"json_object\"}},\"json_schema\":{}} | text.format",
                "{\"input\":\"x\",\"reasoning\":{\"effort\":\"huge\"}} | reasoning.effort",
                "{\"input\":\"x\",\"reasoning\":{\"summary\":\"concise\"}} | reasoning.summary",
                "{\"input\":\"x\",\"reasoning\":{\"context\":\"all_turns\"}} | reasoning.context"
            })
    void parameter_thatIsWrong_isNamed(String body, String parameter) {
        assertNamed(() -> read(body), parameter);
    }

    private static void assertNamed(Runnable action, String parameter) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(action::run)
                .satisfies(e -> assertThat(e.problem().parameter()).isEqualTo(parameter));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"auto\" | AUTO",
                "\"required\" | REQUIRED",
                "\"none\" | NONE",
                "{\"type\":\"function\",\"name\":\"f\"} | NAMED"
            })
    void tools_areRead_andTold(String choice, ToolChoice.Kind kind) {
        Conversation conversation =
                with("\"tools\":[" + TOOL + "],\"parallel_tool_calls\":false,\"tool_choice\":" + choice);
        ChatRequest request = conversation.request();
        assertThat(request.tools().get(0).description()).isEqualTo("d");
        assertThat(request.toolChoice().kind()).isEqualTo(kind);
        assertThat(request.parallelToolCalls()).isFalse();
        assertThat(conversation.callsTools()).isEqualTo(kind != ToolChoice.Kind.NONE);
        assertThat(JsonText.text(conversation.settings()))
                .contains("\"parallel_tool_calls\":false", "\"tool_choice\":" + choice);
    }

    @Test
    void whatIsNotGiven_isToldAsItIs() {
        assertThat(JsonText.text(read("{\"input\":\"x\"}").settings()))
                .isEqualTo(
                        "{\"instructions\":null,\"previous_response_id\":null,"
                                + "\"reasoning\":{\"effort\":null,\"summary\":null},\"text\":{\"format\":{\"type\":\"text\"}},"
                                + "\"parallel_tool_calls\":true,\"tool_choice\":\"auto\",\"tools\":[],\"truncation\":\"disabled\"}");
    }

    @Test
    void reasoning_isEffortAndSummary() {
        assertThat(with("\"reasoning\":{\"effort\":\"none\"}").request().reasoning())
                .isEqualTo(ReasoningOptions.off());
        Conversation low = with("\"reasoning\":{\"effort\":\"low\",\"generate_summary\":\"detailed\"}");
        assertThat(low.request().reasoning())
                .isEqualTo(ReasoningOptions.defaults().withEffort("low"));
        assertThat(low.summary()).isTrue();
        assertThat(with("\"chat_template_kwargs\":{\"enable_thinking\":false}")
                        .request()
                        .reasoning())
                .isEqualTo(ReasoningOptions.off());
    }

    @Test
    void format_becomesAGrammar_andIsTold() {
        String format = "{\"type\":\"json_schema\",\"name\":\"n\",\"schema\":{\"type\":\"object\"}}";
        Conversation conversation = with("\"text\":{\"format\":" + format + ",\"verbosity\":\"medium\"}");
        assertThat(conversation.request().answerGrammar().gbnf()).contains("root");
        assertThat(JsonText.text(conversation.settings().get("text"))).isEqualTo("{\"format\":" + format + "}");
        assertThat(with("\"text\":{\"format\":{\"type\":\"text\"}}").request().answerGrammar())
                .isNull();
    }
}
