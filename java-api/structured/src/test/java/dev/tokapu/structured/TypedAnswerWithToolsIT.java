package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.Tools;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tools and a typed answer in one request, of a model that says what a script wants. */
class TypedAnswerWithToolsIT {

    /** A city. */
    record City(String name) {}

    /** What is asked for. */
    record Weather(String city, int degrees) {}

    private static final String ARGUMENTS = "{\"name\": \"Oslo\"}";
    private static final String CALL =
            "<think>\nLook.\n</think>\n\n<tool_call>\n{\"name\": \"weather\", \"arguments\": " + ARGUMENTS
                    + "}\n</tool_call>";
    private static final String VALUE = "{\"city\":\"Oslo\",\"degrees\":4}";

    @TempDir
    Path folder;

    private final StructuredType<Weather> type = StructuredType.of(Weather.class);
    private final Tools tools = Tools.of(Tool.of("weather", "the weather", City.class, city -> "4 in " + city.name()));
    private final ChatMessage question = ChatMessage.user(type.prompt("How warm is it?"));

    private ChatMessage[] afterTheCall() {
        return new ChatMessage[] {
            question,
            ChatMessage.assistant("", List.of(new ToolCall("id", "weather", ARGUMENTS))),
            ChatMessage.tool("id", "4 in Oslo")
        };
    }

    private static ChatOptions options() {
        return ChatOptions.builder()
                .template(ScriptedChat.TEMPLATE)
                .samplers(Sampler.greedy())
                .maxTokens(400)
                .context(ContextOptions.builder().contextSize(4096).build())
                .build();
    }

    private Weather ask(ScriptedChat script) {
        try (Model model = script.load();
                ChatSession chat = ChatSession.open(model, options())) {
            return chat.ask("How warm is it?", Weather.class, tools);
        }
    }

    @Test
    void ask_modelThatCallsFirst_endsInAValue() {
        ScriptedChat script = new ScriptedChat(folder, tools.definitions())
                .says(CALL, question)
                .says(VALUE, afterTheCall());
        assertThat(ask(script)).isEqualTo(new Weather("Oslo", 4));
    }

    @Test
    void ask_modelThatThinksBeforeTheValue_endsInAValue() {
        ScriptedChat script =
                new ScriptedChat(folder, tools.definitions()).says("<think>\nI know.\n</think>\n\n" + VALUE, question);
        assertThat(ask(script)).isEqualTo(new Weather("Oslo", 4));
    }

    @Test
    void ask_withoutToolsModelThatThinks_endsInAValue() {
        ScriptedChat script =
                new ScriptedChat(folder, List.of()).says("<think>\nI know.\n</think>\n\n" + VALUE, question);
        try (Model model = script.load();
                ChatSession chat = ChatSession.open(model, options())) {
            assertThat(chat.ask("How warm is it?", Weather.class)).isEqualTo(new Weather("Oslo", 4));
            assertThat(chat.history().get(1).reasoning()).contains("I know.");
            assertThat(chat.history().get(1).content()).isEqualTo(VALUE);
        }
    }
}
