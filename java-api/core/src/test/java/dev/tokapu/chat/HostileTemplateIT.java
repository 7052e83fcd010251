package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates and JSON that would end the process, compiled and rendered on threads with small stacks. */
@Timeout(600)
class HostileTemplateIT {

    @TinyModel
    private static Model model;

    static List<String> refused() {
        return Thorough.some(new ArrayList<>(HostileTemplates.REFUSED.keySet()), 9);
    }

    static Set<String> harmless() {
        return HostileTemplates.HARMLESS.keySet();
    }

    /** Compiles and renders with seven messages on a thread with a tiny stack. */
    private static String render(String jinja) throws Exception {
        return TestModels.onTinyStack(() -> {
            try (ChatTemplate template = ChatTemplate.of(model, jinja)) {
                return template.render(Collections.nCopies(7, ChatMessage.user("hello")));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("refused")
    void render_hostileTemplate_throws(String name) {
        assertThatThrownBy(() -> render(HostileTemplates.REFUSED.get(name)))
                .cause()
                .isInstanceOf(ChatTemplateException.class)
                .message()
                .containsAnyOf("nests too deeply", "bytes of memory", "steps");
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void render_oddTemplate_works(String name) throws Exception {
        assertThat(render(HostileTemplates.HARMLESS.get(name))).isNotNull();
    }

    @Test
    void create_hugeTemplate_throws() {
        assertThatExceptionOfType(ChatTemplateException.class)
                .isThrownBy(() -> ChatTemplate.of(model, "a".repeat((1 << 20) + 1)))
                .withMessageContaining("has 1048577 bytes; at most 1048576 are supported");
    }

    @Test
    void render_hostileTemplateManyTimes_goesOnWithOthers() throws Exception {
        String macro = HostileTemplates.REFUSED.get("macro that calls itself");
        for (int i = 0; i < 4; i++) {
            assertThatExceptionOfType(ChatTemplateException.class).isThrownBy(() -> ChatTemplate.of(model, macro));
            assertThat(render("{{ messages | length }}")).isEqualTo("7");
        }
    }

    @Test
    void render_hostileTemplatesOnVirtualThreads_throw() throws Exception {
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        for (String name :
                List.of("macro that calls itself", "parentheses", "text times a number", "namespace in itself")) {
            FutureTask<Boolean> task = new FutureTask<>(() -> {
                assertThatExceptionOfType(ChatTemplateException.class)
                        .isThrownBy(() -> ChatTemplate.of(model, HostileTemplates.REFUSED.get(name)));
                return true;
            });
            tasks.add(task);
            TestModels.startVirtual(task);
        }
        for (FutureTask<Boolean> task : tasks) {
            assertThat(task.get()).isTrue();
        }
    }

    @Test
    void render_longConversation_isWithinTheLimits() {
        String text = "many words \"in quotes\"\n".repeat(1000);
        List<ChatMessage> messages = Stream.generate(
                        () -> Stream.of(ChatMessage.user(text), ChatMessage.assistant(text)))
                .limit(100)
                .flatMap(pair -> pair)
                .toList();
        try (ChatTemplate template = ChatTemplate.of(model)) {
            assertThat(template.render(messages)).hasSizeGreaterThan(4_000_000);
        }
    }

    private static String nested(int depth) {
        return "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
    }

    @ParameterizedTest
    @ValueSource(ints = {250, 3_000, 100_000, 2_000_000})
    void render_deepToolCallArguments_throws(int depth) {
        ChatMessage call = ChatMessage.assistant("", List.of(new ToolCall("1", "f", nested(depth))));
        try (ChatTemplate template = ChatTemplate.of(model)) {
            assertThatExceptionOfType(ChatTemplateException.class)
                    .isThrownBy(() -> template.render(List.of(ChatMessage.user("a"), call)))
                    .withMessageContaining("the arguments of a tool call: more than 200 levels of nesting");
        }
    }

    @Test
    void render_deepToolCallArgumentsWithinTheLimit_works() {
        ChatMessage call = ChatMessage.assistant("", List.of(new ToolCall("1", "f", nested(150))));
        try (ChatTemplate template = ChatTemplate.of(model, "{% for m in messages %}{{ m | tojson }}{% endfor %}")) {
            assertThat(template.render(List.of(ChatMessage.user("a"), call))).contains("[[[[");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 900, 100_000})
    void render_deepToolParameters_throws(int depth) {
        String parameters = "{\"type\":\"object\",\"default\":" + nested(depth) + "}";
        try (ChatTemplate template = ChatTemplate.of(model)) {
            assertThatThrownBy(() -> template.render(ChatRequest.builder(List.of(ChatMessage.user("a")))
                            .tools(List.of(new ToolDefinition("f", "does", parameters)))
                            .build()))
                    .isInstanceOfAny(ChatTemplateException.class, IllegalArgumentException.class)
                    .hasMessageContaining("nesting");
        }
    }

    @Test
    void render_deepToolResult_isText() {
        try (ChatTemplate template = ChatTemplate.of(model, "{% for m in messages %}{{ m.content }}{% endfor %}")) {
            String text = "[".repeat(5000);
            List<ChatMessage> messages = List.of(
                    ChatMessage.user("a"),
                    ChatMessage.assistant("", List.of(new ToolCall("1", "f", "{}"))),
                    ChatMessage.tool("1", text));
            assertThat(template.render(messages)).contains(text);
        }
    }

    @Test
    void render_deepTemplateArguments_throws() {
        Object value = 1;
        for (int i = 0; i < 1000; i++) {
            value = List.of(value);
        }
        ChatRequest request = ChatRequest.builder(List.of(ChatMessage.user("a")))
                .arguments(Map.of("deep", value))
                .build();
        try (ChatTemplate template = ChatTemplate.of(model)) {
            assertThatThrownBy(() -> template.render(request))
                    .isInstanceOfAny(ChatTemplateException.class, IllegalArgumentException.class);
        }
    }
}
