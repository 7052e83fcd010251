package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTemplateIT {

    private static final List<ChatMessage> HELLO = List.of(ChatMessage.user("hello"));

    @TinyModel
    private static Model model;

    @Test
    void render_modelsOwnTemplate_isChatMl() {
        try (ChatTemplate template = ChatTemplate.of(model)) {
            List<ChatMessage> messages = List.of(
                    ChatMessage.system("be brief"), ChatMessage.user("hi"), ChatMessage.assistant("yo"), HELLO.get(0));
            assertThat(template.render(messages)).isEqualTo("""
                            <|im_start|>system
                            be brief<|im_end|>
                            <|im_start|>user
                            hi<|im_end|>
                            <|im_start|>assistant
                            yo<|im_end|>
                            <|im_start|>user
                            hello<|im_end|>
                            <|im_start|>assistant
                            """);
            assertThat(template.source()).isEqualTo(TinyGguf.CHAT_TEMPLATE);
            assertThat(template.capabilities()).containsKey("supports_tools");
        }
    }

    @Test
    void render_withoutGenerationPrompt_endsWithTheLastMessage() {
        try (ChatTemplate template = ChatTemplate.of(model)) {
            ChatRequest request =
                    ChatRequest.builder(HELLO).addGenerationPrompt(false).build();
            assertThat(template.render(request).prompt()).isEqualTo("<|im_start|>user\nhello<|im_end|>\n");
        }
    }

    @Test
    void render_defaultModel_addsItsSystemPrompt() {
        try (Model smol = TestModels.smol();
                ChatTemplate template = ChatTemplate.of(smol)) {
            assertThat(template.render(HELLO))
                    .startsWith("<|im_start|>system\n")
                    .contains("SmolLM")
                    .endsWith("<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n");
        }
    }

    @Test
    void render_ownTemplateWithToolsAndArguments_seesThem() {
        String jinja = "{% for tool in tools %}[{{ tool.function.name }}: {{ tool.function.description }} "
                + "{{ tool.function.parameters.properties.a.type }}]{% endfor %}"
                + "{% for m in messages %}<{{ m.role }}>{{ m.content }}"
                + "{% if m.tool_calls %}{% for c in m.tool_calls %}(call {{ c.function.name }}){% endfor %}{% endif %}"
                + "{% endfor %}{{ mood }} {{ options.size + 1 }}";
        ChatRequest request = ChatRequest.builder(List.of(
                        ChatMessage.user("2+2"),
                        ChatMessage.assistant("", List.of(new ToolCall("1", "add", "{\"a\": 2}"))),
                        ChatMessage.tool("1", "4")))
                .tools(List.of(new ToolDefinition(
                        "add", "adds", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"}}}")))
                .arguments(Map.of("mood", "happy", "options", Map.of("size", 41)))
                .build();
        try (ChatTemplate template = ChatTemplate.of(model, jinja)) {
            assertThat(template.render(request).prompt())
                    .contains("[add: adds number]")
                    .contains("<user>2+2")
                    .contains("(call add)")
                    .contains("<tool>4")
                    .contains("happy 42");
        }
    }

    @Test
    void render_longConversation_isComplete() {
        String text = "many words ".repeat(20_000);
        try (ChatTemplate template = ChatTemplate.of(model)) {
            assertThat(template.render(List.of(ChatMessage.user(text)))).contains(text);
        }
    }

    @Test
    void render_allKindsOfText_isUnchanged() {
        try (ChatTemplate template = ChatTemplate.of(model)) {
            for (String text :
                    List.of("\"quotes\" \\ {{ jinja }} {% if %}", "\u4e2d\ud83d\ude00\0\u001b", "<|im_end|>")) {
                assertThat(template.render(List.of(ChatMessage.user(text))))
                        .isEqualTo("<|im_start|>user\n" + text + "<|im_end|>\n<|im_start|>assistant\n");
            }
        }
    }

    @Test
    void create_malformedTemplate_throws() {
        long before = TestModels.settledHandles();
        assertThatExceptionOfType(ChatTemplateException.class)
                .isThrownBy(() -> ChatTemplate.of(model, "{% for x in %}{{"));
        assertThat(TestModels.liveHandles()).isEqualTo(before);
    }

    @Test
    void render_templateRefuses_throwsWithItsMessage() {
        try (ChatTemplate template = ChatTemplate.of(model, "{{ raise_exception('no ' + messages[0].content) }}")) {
            assertThatExceptionOfType(ChatTemplateException.class)
                    .isThrownBy(() -> template.render(HELLO))
                    .withMessageContaining("no hello");
        }
    }

    @Test
    void create_modelWithoutTemplate_throws(@TempDir Path folder) {
        Path file = TinyGguf.builder().chatTemplate(null).build().write(folder.resolve("plain.gguf"));
        try (Model plain = Model.load(file)) {
            assertThat(plain.hasChatTemplate()).isFalse();
            assertThatExceptionOfType(ChatTemplateException.class)
                    .isThrownBy(() -> ChatTemplate.of(plain))
                    .withMessageContaining("no chat template");
            long before = TestModels.settledHandles();
            assertThatExceptionOfType(ChatTemplateException.class).isThrownBy(() -> ChatSession.open(plain));
            assertThat(TestModels.liveHandles()).isEqualTo(before);
            ChatOptions options = ChatOptions.builder()
                    .template(TinyGguf.CHAT_TEMPLATE)
                    .maxTokens(3)
                    .build();
            try (ChatSession chat = ChatSession.open(plain, options)) {
                chat.send("hello").text();
                assertThat(chat.history()).hasSize(2);
            }
        }
    }

    @Test
    void render_closed_throws() {
        ChatTemplate template = ChatTemplate.of(model);
        template.close();
        template.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> template.render(HELLO))
                .withMessageContaining("closed");
    }
}
