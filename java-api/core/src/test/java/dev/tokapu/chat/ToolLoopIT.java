package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.TestModels;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolApproval;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.ToolDefinition;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tool calls of a model that says what a script wants. */
class ToolLoopIT {

    private static final ToolDefinition ADD = new ToolDefinition(
            "add", "adds", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]}");
    private static final ChatMessage QUESTION = ChatMessage.user("What is 3 and 1?");
    private static final String ARGUMENTS = "{\"a\": 3}";
    private static final String CALL = call(ARGUMENTS);

    @TempDir
    Path folder;

    private static String call(String arguments) {
        return "<tool_call>\n{\"name\": \"add\", \"arguments\": " + arguments + "}\n</tool_call>";
    }

    private static ChatMessage called(String text, int times) {
        List<ToolCall> calls = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            calls.add(new ToolCall("id" + i, "add", ARGUMENTS));
        }
        return ChatMessage.assistant(text, calls);
    }

    private ScriptedChat script() {
        return new ScriptedChat(folder, List.of(ADD)).says(CALL, QUESTION);
    }

    private static ChatOptions.Builder options() {
        return ChatOptions.builder()
                .template(ScriptedChat.TEMPLATE)
                .samplers(Sampler.greedy())
                .maxTokens(300)
                .context(TestModels.small().contextSize(2048).build());
    }

    private static Tools tools() {
        return Tools.of(Tool.of(ADD, arguments -> "4"));
    }

    private static List<String> texts(ChatSession chat) {
        return chat.history().stream()
                .map(message -> message.role() + ":" + message.content())
                .toList();
    }

    @Test
    void ask_modelCallsATool_answersWithItsResult() {
        ScriptedChat script = script().says("It is 4.", QUESTION, called("", 1), ChatMessage.tool("id0", "4"));
        List<AnswerDelta> deltas = new ArrayList<>();
        List<ToolResult> results = new ArrayList<>();
        ToolLoopListener listener = new ToolLoopListener() {
            @Override
            public void onDelta(AnswerDelta delta) {
                deltas.add(delta);
            }

            @Override
            public void onResult(ToolCall call, ToolResult result) {
                results.add(result);
            }
        };
        try (Model model = script.load();
                ChatSession chat = ChatSession.open(model, options().build())) {
            ChatAnswer answer = chat.ask(QUESTION.content(), tools(), listener);

            assertThat(answer.text()).isEqualTo("It is 4.");
            assertThat(texts(chat))
                    .containsExactly("USER:What is 3 and 1?", "ASSISTANT:", "TOOL:4", "ASSISTANT:It is 4.");
            ToolCall call = chat.history().get(1).toolCalls().get(0);
            assertThat(call.arguments()).isEqualTo(ARGUMENTS);
            assertThat(chat.history().get(2).toolCallId()).isEqualTo(call.id());
            assertThat(results).containsExactly(ToolResult.of(call, "4"));
            assertThat(deltas.get(0)).isEqualTo(new AnswerDelta.CallStarted(0, call.id(), "add"));
            assertThat(deltas).contains(new AnswerDelta.CallCompleted(0, call));
            assertThat(arguments(deltas)).isEqualTo(ARGUMENTS);
            assertThat(text(deltas)).isEqualTo("It is 4.");
        }
    }

    private static String arguments(List<AnswerDelta> deltas) {
        StringBuilder all = new StringBuilder();
        for (AnswerDelta delta : deltas) {
            all.append(delta instanceof AnswerDelta.CallArguments part ? part.json() : "");
        }
        return all.toString();
    }

    private static String text(List<AnswerDelta> deltas) {
        StringBuilder all = new StringBuilder();
        for (AnswerDelta delta : deltas) {
            all.append(delta instanceof AnswerDelta.Text part ? part.text() : "");
        }
        return all.toString();
    }

    @Test
    void ask_twoCallsWithTextBefore_runBothInOrder() {
        ScriptedChat script = new ScriptedChat(folder, List.of(ADD))
                .says("Let me see. " + CALL + "\n" + CALL, QUESTION)
                .says(
                        "8",
                        QUESTION,
                        called("Let me see. ", 2),
                        ChatMessage.tool("id0", "4"),
                        ChatMessage.tool("id1", "4"));
        try (Model model = script.load();
                ChatSession chat = ChatSession.open(model, options().build())) {
            assertThat(chat.ask(QUESTION.content(), tools())).isEqualTo("8");
            assertThat(chat.history().get(1).toolCalls()).hasSize(2);
            assertThat(texts(chat)).contains("ASSISTANT:Let me see. ");
        }
    }

    @Test
    void ask_toolThatThrows_tellsTheModel() {
        ScriptedChat script = script().says("Sorry.", QUESTION, called("", 1), ChatMessage.tool("id0", "no numbers"));
        Tools failing = Tools.of(Tool.of(ADD, arguments -> {
            throw new IllegalStateException("no numbers");
        }));
        try (Model model = script.load();
                ChatSession chat = ChatSession.open(model, options().build())) {
            chat.ask(QUESTION.content(), failing);
            assertThat(chat.history().get(2).content()).contains("no numbers");
        }
    }

    @Test
    void ask_approvalRefused_runsNothing() {
        Tools refusing = Tools.builder()
                .add(Tool.of(ADD, arguments -> {
                    throw new AssertionError("it was run");
                }))
                .approval(call -> ToolApproval.Decision.refuse("not today"))
                .build();
        try (Model model = script().load();
                ChatSession chat = ChatSession.open(model, options().build())) {
            chat.ask(QUESTION.content(), refusing);
            assertThat(chat.history().get(2).content()).contains("not today");
        }
    }

    @Test
    void sendToolResults_byHand_goesOn() {
        ScriptedChat script = script().says("It is 4.", QUESTION, called("", 1), ChatMessage.tool("id0", "4"));
        try (Model model = script.load();
                ChatSession chat =
                        ChatSession.open(model, options().tools(List.of(ADD)).build())) {
            assertThatIllegalStateException().isThrownBy(() -> chat.sendToolResults(List.of()));
            ChatAnswer answer = chat.send(QUESTION);
            assertThat(answer.text()).isEmpty();
            assertThat(answer.toolCalls()).hasSize(1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> chat.sendToolResults(List.of(new ToolResult("other", "add", "4", false))))
                    .withMessageContaining("other");
            ToolResult result = ToolResult.of(answer.toolCalls().get(0), "4");
            assertThat(chat.sendToolResults(List.of(result)).text()).isEqualTo("It is 4.");
        }
    }

    @Test
    void send_choiceRequired_hasNoTextBeforeThoughtsAndCalls() {
        ScriptedChat script = new ScriptedChat(folder, List.of(ADD)).says("Hm.", QUESTION);
        ChatOptions required =
                options().tools(List.of(ADD)).toolChoice(ToolChoice.required()).build();
        try (Model model = script.load();
                ChatSession chat = ChatSession.open(model, required)) {
            ChatAnswer answer = chat.send(QUESTION);
            assertThat(answer.text()).isEmpty();
            assertThat(answer.rawText().strip()).matches("(?s)(<think>|<tool_call>).*");
        }
    }

    @Test
    void ask_choiceNone_answersWithoutAGrammar() {
        Tools none = tools().toBuilder().choice(ToolChoice.none()).build();
        ScriptedChat script = new ScriptedChat(folder, List.of(ADD)).says("Hm.", QUESTION);
        try (Model model = script.load();
                ChatSession chat = ChatSession.open(model, options().build())) {
            assertThat(chat.ask(QUESTION.content(), none)).isEqualTo("Hm.");
        }
    }
}
