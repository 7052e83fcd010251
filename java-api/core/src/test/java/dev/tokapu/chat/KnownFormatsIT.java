package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.internal.util.Json;
import dev.tokapu.sampling.Grammar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests to a template that has rendered others before, and keeps what it found out: everything is what a new template says, for
 * the chat templates that {@link ServerChatIT} takes.
 */
@Tag("checkout") // reads the templates of llama.cpp
class KnownFormatsIT {

    private static final int MORE_THAN_ARE_KEPT = 9;
    private static final String ARGUMENTS = "{\"place\": \"Rome\", \"days\": 3}";
    private static final Grammar SCHEMA = Grammar.ofJsonSchema("""
            {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": false}""");

    private static final List<String> ANSWERS = List.of(
            "It is sunny.",
            "{\"city\": \"Rome\"}",
            "<think>\nRome?\n</think>\n\nIt is sunny.",
            "<tool_call>\n{\"name\": \"weather\", \"arguments\": " + ARGUMENTS + "}\n</tool_call>",
            "[TOOL_CALLS]weather[ARGS]" + ARGUMENTS,
            "<tool_call>\n<function=weather>\n<parameter=place>\nRome\n</parameter>\n</function>\n</tool_call>");

    private static Model bytes;

    @BeforeAll
    static void load(@TempDir Path folder) throws IOException {
        bytes = JsonTemplate.bytes(folder);
    }

    @AfterAll
    static void close() {
        bytes.close();
    }

    @ParameterizedTest
    @MethodSource("dev.tokapu.chat.ServerChatIT#templates")
    void apply_afterOtherRequests_saysWhatANewTemplateSays(Path file) throws IOException {
        String source = Files.readString(file);
        String id = ServerCases.namedIds(source) ? "functions.weather:0" : "call00000";
        try (JsonTemplate used = new JsonTemplate(bytes, source)) {
            for (List<Map<String, Object>> messages : conversations(id)) {
                try (JsonTemplate fresh = new JsonTemplate(bytes, source)) {
                    for (Map<String, Object> form : forms()) {
                        Map<String, Object> request = new LinkedHashMap<>(form);
                        request.put("messages", messages);
                        assertThat(answered(used, request)).as("%s", request).isEqualTo(answered(fresh, request));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.tokapu.chat.ServerChatIT#templates")
    void apply_moreFormsThanAreKept_saysTheSameAgain(Path file) throws IOException {
        try (JsonTemplate template = new JsonTemplate(bytes, Files.readString(file))) {
            List<Object> once = rounds(template);
            assertThat(rounds(template)).isEqualTo(once);
        }
    }

    private static List<Object> rounds(JsonTemplate template) {
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < MORE_THAN_ARE_KEPT; i++) {
            String tools = ServerCases.TOOLS.replace("Tells the weather.", "Tells the weather of day " + i + ".");
            all.add(answered(
                    template,
                    Map.of("tools", new Json.Raw(tools), "messages", List.of(ServerAnswers.message("user", "hello")))));
        }
        return all;
    }

    /** Requests without their messages. */
    private static List<Map<String, Object>> forms() {
        Json.Raw tools = new Json.Raw(ServerCases.TOOLS);
        Json.Raw others = new Json.Raw(ServerCases.TOOLS.replace("\"days\"", "\"hours\""));
        return List.of(
                Map.of(),
                Map.of("tools", tools),
                Map.of("tools", others),
                Map.of("tools", tools, "enable_thinking", false),
                Map.of("tools", tools, "tool_choice", "required"),
                Map.of("tools", tools, "tool_name", "note"),
                Map.of("tools", tools, "answer_grammar", SCHEMA.gbnf()),
                Map.of("answer_grammar", SCHEMA.gbnf()));
    }

    private static List<List<Map<String, Object>>> conversations(String id) {
        Map<String, Object> user = ServerAnswers.message("user", "How is the weather in Rome?");
        Map<String, Object> call =
                Map.of("id", id, "type", "function", "function", Map.of("name", "weather", "arguments", ARGUMENTS));
        Map<String, Object> called = Map.of("role", "assistant", "content", "", "tool_calls", List.of(call));
        Map<String, Object> result =
                Map.of("role", "tool", "tool_call_id", id, "name", "weather", "content", "{\"sky\": \"<|im_end|>\"}");
        Map<String, Object> answer =
                Map.of("role", "assistant", "content", "It is sunny.", "reasoning_content", "The user asks for Rome.");
        return List.of(
                List.of(user),
                List.of(user, called, result),
                List.of(user, answer, user),
                List.of(answer, user, called));
    }

    /** What the template says of a request, and what its parser makes of answers; or why it refuses the request. */
    private static Map<String, Object> answered(JsonTemplate template, Map<String, Object> request) {
        Map<String, Object> result = new LinkedHashMap<>();
        Map<String, Object> wanted = new LinkedHashMap<>(request);
        wanted.put("answer_parser", true);
        try {
            result.putAll(template.apply(wanted));
        } catch (TokapuException | UnsupportedOperationException e) {
            result.put("refused", String.valueOf(e.getMessage()));
        }
        if (result.remove("answer_parser") instanceof Number number) {
            try (AnswerParser parser = template.parser(number.longValue())) {
                for (String answer : ANSWERS) {
                    result.put(answer, parsed(parser, answer, false));
                    result.put("part of " + answer, parsed(parser, answer, true));
                }
            }
        }
        return result;
    }

    private static @Nullable Object parsed(AnswerParser parser, String answer, boolean partial) {
        try {
            return parser.parse(answer, partial);
        } catch (TokapuException e) {
            return e.getMessage();
        }
    }
}
