package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import dev.tokapu.tool.Tools;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tool calls and thoughts on an engine, of a model that says what a script wants. */
@Timeout(300)
class EngineToolsIT {

    private static final ToolDefinition ADD = new ToolDefinition(
            "add", "adds", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]}");
    private static final ChatMessage QUESTION = ChatMessage.user("What is 3 and 1?");
    private static final String ARGUMENTS = "{\"a\": 3}";
    private static final String THOUGHT = "I have a tool for this, and so I call it at once.";
    private static final String RAW = "<think>\n" + THOUGHT + "\n</think>\n\n<tool_call>\n"
            + "{\"name\": \"add\", \"arguments\": " + ARGUMENTS + "}\n</tool_call>";

    @TempDir
    Path folder;

    private Model model;
    private Engine engine;

    @BeforeEach
    void start() {
        model = new ScriptedChat(folder, List.of(ADD))
                .says(RAW, QUESTION)
                .says(
                        "It is 4.",
                        QUESTION,
                        ChatMessage.assistant("", List.of(new ToolCall("id", "add", ARGUMENTS))),
                        ChatMessage.tool("id", "4"))
                .load();
        engine = Engine.start(
                model,
                EngineFixture.options()
                        .maxSequences(2)
                        .sequenceContextSize(1024)
                        .build());
    }

    @AfterEach
    void close() {
        engine.close();
        model.close();
    }

    private static Request.Builder request(ReasoningOptions reasoning) {
        ChatRequest chat = ChatRequest.builder(List.of(QUESTION))
                .tools(List.of(ADD))
                .reasoning(reasoning)
                .build();
        return Request.builder(chat).samplers(Sampler.greedy()).maxTokens(300);
    }

    @Test
    void ask_chatOnAnEngine_runsTools() {
        ChatOptions options =
                ChatOptions.builder().samplers(Sampler.greedy()).maxTokens(300).build();
        try (ChatSession chat = engine.chat(options)) {
            assertThat(chat.ask(QUESTION.content(), Tools.of(Tool.of(ADD, arguments -> "4"))))
                    .isEqualTo("It is 4.");
            assertThat(chat.history()).hasSize(4);
        }
    }

    @Test
    void chatAnswer_ofEachAnswer_hasItsParts() {
        Generation generation =
                engine.submit(request(ReasoningOptions.defaults()).answers(2).build());
        for (Generation each : generation.answers()) {
            ChatAnswer answer = each.chatAnswer();
            assertThat(answer.text()).isEmpty();
            assertThat(answer.reasoning().strip()).isEqualTo(THOUGHT);
            assertThat(answer.toolCalls()).hasSize(1);
            assertThat(answer.toolCalls().get(0).arguments()).isEqualTo(ARGUMENTS);
            assertThat(answer.usage().reasoningTokens()).isBetween(THOUGHT.length(), RAW.indexOf("</think>"));
            assertThat(each.text()).isEqualTo(RAW);
        }
    }

    @Test
    void chatAnswer_ofNoConversation_isRefused() {
        Generation generation = engine.submit(
                Request.builder("hello").samplers(Sampler.greedy()).maxTokens(3).build());
        assertThatIllegalStateException().isThrownBy(generation::chatAnswer).withMessageContaining("conversation");
    }

    @Test
    void budget_ofARequest_endsTheThought() {
        ReasoningOptions reasoning = ReasoningOptions.defaults().withBudget(5).withClosingText(" Enough.");
        ChatAnswer answer = engine.submit(request(reasoning).build()).chatAnswer();
        assertThat(answer.message().reasoning()).contains(" Enough.").doesNotContain(THOUGHT);
    }

    @Test
    void endReasoning_withoutABudgetOrTools_isRefused() {
        ChatRequest chat = ChatRequest.of(List.of(QUESTION));
        Generation generation = engine.submit(
                Request.builder(chat).samplers(Sampler.greedy()).maxTokens(3).build());
        assertThatThrownBy(generation::endReasoning).isInstanceOf(UnsupportedOperationException.class);
        generation.close();
    }
}
