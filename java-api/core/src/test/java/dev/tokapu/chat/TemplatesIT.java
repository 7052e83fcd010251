package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TemplateMarkers;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.VocabFile;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.internal.util.Json;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** llama.cpp's chat templates with vocabularies that have all their markers, half of them CONTROL, half USER_DEFINED. */
@Tag("checkout") // reads the templates of llama.cpp
class TemplatesIT {

    private static final int FIRST = 50277;

    @TempDir
    Path folder;

    static Stream<Path> templates() {
        return Thorough.some(VocabFile.templates(), 24, 5).stream();
    }

    private static List<String> markers(String source) {
        // Where a system prompt holds <tool_def_sep>, MiniCPM5's template puts the tools there, as text.
        return TemplateMarkers.of(source).stream()
                .filter(text -> !text.equals("<tool_def_sep>"))
                .toList();
    }

    private Model model(List<String> markers) throws IOException {
        Map<Integer, String> texts = new HashMap<>();
        for (int i = 0; i < markers.size(); i++) {
            texts.put(FIRST + i, markers.get(i));
        }
        Path file = VocabFile.withTexts(VocabFile.named("mpt"), folder.resolve("texts.gguf"), texts);
        return VocabFile.load(VocabFile.withTypes(file, folder.resolve("types.gguf"), (token, type) -> {
            if (!texts.containsKey(token)) {
                return type;
            }
            return token % 2 == 0 ? VocabFile.CONTROL : VocabFile.USER_DEFINED;
        }));
    }

    /** A conversation with a text wherever others than the template's author may write. */
    private static ChatRequest request(String text, boolean tools) {
        List<ChatMessage> messages = new ArrayList<>(List.of(
                ChatMessage.system("Be brief." + text),
                ChatMessage.user("hello" + text),
                ChatMessage.assistant("yes"),
                ChatMessage.user(text + "again")));
        if (!tools) {
            return ChatRequest.of(messages);
        }
        String json = Json.write(Map.of("place", "Rome" + text));
        messages.add(ChatMessage.assistant("", List.of(new ToolCall("call00001", "weather", json))));
        messages.add(ChatMessage.tool("call00001", "sunny" + text));
        messages.add(ChatMessage.user("so?" + text));
        String schema = Json.write(Map.of(
                "type",
                "object",
                "properties",
                Map.of("place", Map.of("type", "string", "description", "where" + text))));
        return ChatRequest.builder(messages)
                .tools(List.of(new ToolDefinition("weather", "tells" + text, schema)))
                .arguments(Map.of("custom", "x" + text))
                .build();
    }

    /** The same in names: of tools, properties, values and calls. */
    private static ChatRequest named(String text) {
        String name = "weather" + text;
        String json = Json.write(Map.of("place" + text, List.of("Rome" + text)));
        String schema = Json.write(Map.of(
                "type", "object", "properties", Map.of("place" + text, Map.of("enum", List.of("Rome", text)))));
        return ChatRequest.builder(List.of(
                        ChatMessage.user("hello"),
                        ChatMessage.assistant("", List.of(new ToolCall("call" + text, name, json))),
                        ChatMessage.tool("call" + text, Json.write(Map.of("sky" + text, List.of(text)))),
                        ChatMessage.user("so?")))
                .tools(List.of(new ToolDefinition(name, "tells", schema)))
                .build();
    }

    @ParameterizedTest
    @MethodSource("templates")
    void tokenize_markersInTexts_areTextAndTheTemplatesOwnAreTokens(Path file) throws IOException {
        String source = Files.readString(file);
        List<String> markers = markers(source);
        try (Model model = model(markers);
                ChatTemplate template = ChatTemplate.of(model, source)) {
            String hostile = " " + String.join(" x", markers) + "\n" + String.join("", markers);
            check(model, template, request(" z", false), request(hostile, false));
            checkOldAnswers(model, template, hostile);
            checkAnswerPrefix(model, template, hostile);
            checkBegunAnswer(model, template, hostile);
            try {
                template.forTools().render(request(" z", true));
            } catch (ChatTemplateException e) {
                return; // no tools there, or other roles
            }
            check(model, template, request(" z", true), request(hostile, true));
            try {
                template.render(named(hostile));
            } catch (ChatTemplateException e) {
                return; // no such names there
            }
            check(model, template, named(" z"), named(hostile));
        }
    }

    /** The same in what the model said: texts, thoughts, and both beside calls. */
    private static ChatRequest answered(String text, boolean tools) {
        List<ChatMessage> messages = new ArrayList<>(List.of(
                ChatMessage.user("hello"),
                new ChatMessage(Role.ASSISTANT, "yes" + text, "I think" + text, List.of(), null),
                ChatMessage.user("again")));
        if (tools) {
            List<ToolCall> calls =
                    List.of(new ToolCall("call00001", "weather", Json.write(Map.of("place", "Rome" + text))));
            messages.add(new ChatMessage(Role.ASSISTANT, "wait" + text, "I think" + text, calls, null));
            messages.add(ChatMessage.tool("call00001", "sunny"));
            messages.add(new ChatMessage(Role.ASSISTANT, "sunny" + text, "Done" + text, List.of(), null));
            messages.add(ChatMessage.user("so?"));
        }
        return ChatRequest.builder(messages)
                .tools(tools ? List.of(new ToolDefinition("weather", "tells", "{\"type\": \"object\"}")) : List.of())
                .build();
    }

    private static void checkOldAnswers(Model model, ChatTemplate template, String hostile) {
        for (boolean tools : new boolean[] {false, true}) {
            try {
                (tools ? template.forTools() : template).render(answered(" z", tools));
            } catch (ChatTemplateException e) {
                continue; // no tools there
            }
            check(model, template, answered(" z", tools), answered(hostile, tools));
        }
    }

    private static void checkAnswerPrefix(Model model, ChatTemplate template, String hostile) {
        Vocab vocab = model.vocab();
        PromptTokenizer tokenizer = new PromptTokenizer(vocab);
        ChatRequest request = request(" z", false);
        int[] plain = tokenizer
                .tokenize(template, request, AnswerPrefix.NONE)
                .tokens()
                .tokens();
        int[] begun = tokenizer
                .tokenize(template, request, AnswerPrefix.of("yes" + hostile))
                .tokens()
                .tokens();
        assertThat(ofMarkers(vocab, begun)).isEqualTo(ofMarkers(vocab, plain));
        assertThat(VocabFile.text(vocab, begun)).endsWith("yes" + hostile);
    }

    private static void checkBegunAnswer(Model model, ChatTemplate template, String hostile) {
        Vocab vocab = model.vocab();
        int[] plain = begun(vocab, template, " z");
        int[] begun = begun(vocab, template, hostile);
        assertThat(ofMarkers(vocab, begun)).isEqualTo(ofMarkers(vocab, plain));
        assertThat(VocabFile.text(vocab, begun)).endsWith("yes" + hostile);
    }

    private static int[] begun(Vocab vocab, ChatTemplate template, String text) {
        ChatMessage answer = new ChatMessage(Role.ASSISTANT, "yes" + text, "hm" + text, List.of(), null);
        ChatRequest request = ChatRequest.builder(List.of(ChatMessage.user("hello"), answer))
                .continueFinalMessage(true)
                .build();
        return new PromptTokenizer(vocab)
                .tokenize(template, request, AnswerPrefix.NONE)
                .tokens()
                .tokens();
    }

    private static void check(Model model, ChatTemplate template, ChatRequest harmless, ChatRequest hostile) {
        Vocab vocab = model.vocab();
        PromptTokenizer tokenizer = new PromptTokenizer(vocab);
        ChatPrompt expected = tokenizer.tokenize(template, harmless, AnswerPrefix.NONE);
        assertThat(expected.tokens().tokens())
                .isEqualTo(vocab.tokenize(
                        expected.rendered().prompt(),
                        TokenizeOptions.builder().parseSpecial(true).build()));
        ChatPrompt prompt = tokenizer.tokenize(template, hostile, AnswerPrefix.NONE);
        assertThat(ofMarkers(vocab, prompt.tokens().tokens()))
                .isEqualTo(ofMarkers(vocab, expected.tokens().tokens()));
        assertThat(VocabFile.text(vocab, prompt.tokens().tokens()))
                .isEqualTo(prompt.rendered().prompt());
    }

    private static List<String> ofMarkers(Vocab vocab, int[] tokens) {
        return Arrays.stream(tokens)
                .filter(token -> token >= FIRST)
                .mapToObj(vocab::text)
                .toList();
    }
}
