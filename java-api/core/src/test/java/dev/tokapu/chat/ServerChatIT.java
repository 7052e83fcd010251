package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.TemplateMarkers;
import dev.tokapu.VocabFile;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.testsupport.Thorough;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Prompts and parsed answers of llama.cpp's chat templates, compared with llama-server, which runs a model that says what the
 * test wants. All templates: {@code -Dtokapu.test.args=-Dtokapu.oracle.templates=.*}
 */
@Tag("checkout") // reads the templates of llama.cpp
class ServerChatIT {

    /** Templates of many parsers of llama.cpp, the one that finds the format out by itself among them. */
    private static final String SOME = "Apertus.*|Cohere2MoE|GLM-4\\.7-Flash|Kimi-K2-Instruct|LFM2-8B-A1B|MiniMax-M3|"
            + "NousResearch-Hermes-2.*|Qwen-Qwen3-0.*|Qwen3-Coder|deepseek-ai-DeepSeek-V3.*|google-gemma-4-31B-it|"
            + "meetkai-functionary-medium-v3\\.2|meta-llama-Llama-3\\.1.*|mistralai-Ministral.*|openai-gpt-oss.*";

    /** Where llama-server begins an answer that is continued as the template itself begins answers. */
    private static final String BEGUN =
            "Cohere2MoE|Qwen-Qwen3-0.*|Qwen3-Coder|deepseek-ai-DeepSeek-V3.*|meetkai-functionary-medium-v3\\.2|meta-llama-Llama-3\\.1.*";

    private static final ServerTable TABLE = new ServerTable();

    @TempDir
    static Path folder;

    static Stream<Path> templates() {
        String wanted = System.getProperty("tokapu.oracle.templates", SOME);
        List<Path> all = VocabFile.templates().stream()
                .filter(file -> ServerFamily.name(file).matches(wanted))
                .toList();
        return (wanted.equals(SOME) ? Thorough.some(all, 5, 1) : all).stream();
    }

    @AfterAll
    static void write() throws IOException {
        TABLE.write(Path.of("target", "chat-formats.md"));
    }

    @ParameterizedTest
    @MethodSource("templates")
    void render_conversations_givesLlamaServersPrompts(Path file) throws IOException {
        try (ServerFamily family = new ServerFamily(file, folder, false)) {
            prompts(family, "");
            // Templates that look into messages see what they really say.
            prompts(family, " " + String.join(" x", TemplateMarkers.of(family.source)) + " </s><s>");
        }
    }

    private static void prompts(ServerFamily family, String text) {
        Map<String, String> actual =
                prompts(family, new ServerPrompts(text, ServerCases.namedIds(family.source)).all());
        TABLE.prompts(family.name, actual.values());
    }

    /** The prompts of requests, which are llama-server's. */
    private static Map<String, String> prompts(ServerFamily family, Map<String, ChatRequest> requests) {
        Map<String, String> expected = new LinkedHashMap<>();
        Map<String, String> actual = new LinkedHashMap<>();
        try (ChatTemplate template = ChatTemplate.of(family.model, family.source)) {
            requests.forEach((name, request) -> {
                expected.put(name, family.prompt(ServerPrompts.body(request)));
                actual.put(name, render(template, request));
            });
        }
        assertThat(actual).isEqualTo(expected);
        return actual;
    }

    static Stream<Path> templatesOfBegunAnswers() {
        return VocabFile.templates().stream()
                .filter(file -> ServerFamily.name(file).matches(BEGUN));
    }

    @ParameterizedTest
    @MethodSource("templatesOfBegunAnswers")
    void render_answerThatIsContinued_givesLlamaServersPrompts(Path file) throws IOException {
        try (ServerFamily family = new ServerFamily(file, folder, false)) {
            prompts(family, new ServerPrompts("", ServerCases.namedIds(family.source)).begun());
        }
    }

    private static String render(ChatTemplate template, ChatRequest request) {
        try {
            return template.render(request).prompt();
        } catch (ChatTemplateException e) {
            return ServerFamily.REFUSED;
        }
    }

    @ParameterizedTest
    @MethodSource("templates")
    void parse_whatAModelSays_givesLlamaServersMessages(Path file) throws IOException {
        Map<String, ServerMessage> expected = new LinkedHashMap<>();
        Map<String, ServerMessage> actual = new LinkedHashMap<>();
        try (ServerFamily family = new ServerFamily(file, folder, true)) {
            for (ServerCase scripted : family.cases) {
                Map<String, Object> request = scripted.request();
                ServerMessage.Parsed parsed = ServerMessage.of(family.server, request);
                if (family.isRefused(request)) {
                    expected.put(scripted.name(), parsed.message());
                    actual.put(scripted.name(), ServerMessage.ofProblem(ServerFamily.REFUSED));
                    TABLE.message(family.name, scripted.name(), parsed.message());
                    continue;
                }
                String raw = family.generated();
                if (!comparable(scripted, parsed, raw)) {
                    TABLE.left(family.name, scripted.name());
                    continue;
                }
                String name = scripted.name() + ": " + raw;
                expected.put(name, parsed.message());
                actual.put(name, ServerMessage.parsed(family.template.parser(request), raw));
                expected.put(name + " (streamed)", ServerMessage.streamed(family.server, request));
                actual.put(name + " (streamed)", ServerMessage.assembled(family.template.parser(request), raw));
                TABLE.message(family.name, scripted.name(), parsed.message());
            }
        }
        assertThat(actual).isEqualTo(expected);
    }

    /**
     * Whether both sides parse the same text in the same way. Not when the grammar led to bytes that are no text, or when
     * llama-server's sampler gave up; and not where llama-server does not hold a template's model to a schema, as Tokapu does.
     */
    private static boolean comparable(ServerCase scripted, ServerMessage.Parsed parsed, String raw) {
        boolean held = !scripted.request().containsKey("response_format")
                || !parsed.grammar().isEmpty();
        boolean generated = !parsed.message().problem().equals(ServerFamily.REFUSED);
        return held && generated && raw.indexOf('\ufffd') < 0;
    }
}
