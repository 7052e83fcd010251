package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.TemplateMarkers;
import dev.tokapu.VocabFile;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatTemplate;
import dev.tokapu.exception.ChatTemplateException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Prompts and parsed answers of llama.cpp's chat templates, compared with llama-server. */
@Tag("checkout") // reads the templates of llama.cpp
class ServerChatIT {

    @TempDir
    static Path folder;

    static Stream<Path> templates() {
        String wanted = System.getProperty("tokapu.oracle.templates", "Qwen3-Coder|Kimi-K2-Instruct|google-gemma-4-31B-it");
        return VocabFile.templates().stream()
                .filter(file -> wanted.equals("all")
                        || file.getFileName().toString().replace(".jinja", "").matches(wanted));
    }

    @ParameterizedTest
    @MethodSource("templates")
    void template_conversations_areLlamaServers(Path file) throws IOException {
        try (ServerFamily family = new ServerFamily(file, folder)) {
            prompts(family, "");
            prompts(family, " " + String.join(" x", TemplateMarkers.of(family.source)) + " </s><s>");
            for (ServerCase scripted : family.cases) {
                System.out.println(family.name + "\t" + scripted.name() + "\t"
                        + ServerMessage.of(family.server, scripted.request()) + "\t" + scripted.answer().replace("\n", "\\n"));
            }
        }
    }

    private static void prompts(ServerFamily family, String text) {
        Map<String, String> expected = new LinkedHashMap<>();
        Map<String, String> actual = new LinkedHashMap<>();
        boolean namedIds = family.source.contains("<|tool_calls_section_begin|>");
        try (ChatTemplate template = ChatTemplate.of(family.model, family.source)) {
            new ServerPrompts(text, namedIds).all().forEach((name, request) -> {
                expected.put(name, family.prompt(ServerPrompts.body(request)));
                actual.put(name, render(template, request));
            });
        }
        assertThat(actual).isEqualTo(expected);
    }

    private static String render(ChatTemplate template, ChatRequest request) {
        try {
            return template.render(request).prompt();
        } catch (ChatTemplateException e) {
            return "refused";
        }
    }
}
