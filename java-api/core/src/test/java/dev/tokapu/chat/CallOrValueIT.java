package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.VocabFile;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.internal.util.Json;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.testsupport.ScriptedGguf;
import dev.tokapu.testsupport.Thorough;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tools and a schema in one request, for all of llama.cpp's chat templates whose tool calls have a grammar: what the template
 * itself writes for a call and for a text is what the grammar allows, where the text is a value by the schema.
 */
@Tag("checkout") // reads the templates of llama.cpp
class CallOrValueIT {

    private static final String QUESTION = "How is the weather in Rome?";
    private static final String VALUE = ModelForm.VALUE;
    private static final String ARGUMENTS = ModelForm.ARGUMENTS;
    private static final String THOUGHT = ModelForm.THOUGHT;
    private static final Grammar SCHEMA = Grammar.ofJsonSchema("""
            {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": false}""");

    /** These templates write earlier answers otherwise than their models do: {@link ModelForm}. */
    private static final Set<String> OTHER_HISTORY =
            Set.of("Apriel-1.6-15b-Thinker-fixed", "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16");

    /** These write no calls into a conversation, or others than llama.cpp expects: {@link ModelForm}. */
    private static final Set<String> OTHER_CALLS =
            Set.of("LFM2-8B-A1B", "LFM2.5-Instruct", "Mistral-Small-3.2-24B-Instruct-2506");

    /** llama.cpp takes the id of its own example for a part of every call. */
    private static final Map<String, String> FIXED_IDS = Map.of("upstage-Solar-Open-100B", "call00001");

    /** llama.cpp finds thoughts in these templates, though their models have none. */
    private static final Set<String> WITHOUT_THOUGHTS = Set.of("LFM2-8B-A1B", "LFM2.5-Instruct");

    /** What the end of an answer may leave in the conversation. */
    private static final Pattern LAST_TAG = Pattern.compile("(<[^<>]*>|assistant|\\s)$");

    private static final int LAST_TAGS = 6;

    private static Model bytes;

    @BeforeAll
    static void load(@TempDir Path folder) throws IOException {
        bytes = JsonTemplate.bytes(folder);
    }

    @AfterAll
    static void close() {
        bytes.close();
    }

    static Stream<Path> templates() {
        return Thorough.some(VocabFile.templates(), 50, 10).stream();
    }

    @ParameterizedTest
    @MethodSource("templates")
    void grammar_ofToolsAndASchema_allowsCallsAndValuesInTheTemplatesFrame(Path file) throws IOException {
        String name = ServerFamily.name(file);
        String source = Files.readString(file);
        try (JsonTemplate template = new JsonTemplate(bytes, source)) {
            Map<String, Object> request = new LinkedHashMap<>();
            request.put("messages", List.of(ServerAnswers.message("user", QUESTION)));
            request.put("tools", new Json.Raw(ServerCases.TOOLS));
            request.put("parallel_tool_calls", false);
            if (!hasGrammar(template, request)) {
                return;
            }
            ServerAnswers answers = new ServerAnswers(template);
            Map<String, ?> asked = asked(template, request);
            assertThat(allowed(asked, answers.of(request, ServerAnswers.message("assistant", "It is sunny."))))
                    .isEmpty();
            try (AnswerParser parser = template.parser(((Number) asked.get("answer_parser")).longValue())) {
                for (String thought :
                        thinks(asked) && !WITHOUT_THOUGHTS.contains(name) ? List.of("", THOUGHT) : List.of("")) {
                    String value = answers.of(request, answer(VALUE, thought, List.of()));
                    // Some templates leave the text out where there is a thought.
                    if (!OTHER_HISTORY.contains(name) && value.contains(VALUE)) {
                        assertThat(read(asked, parser, value)).isEqualTo(new ParsedAnswer(VALUE, thought, List.of()));
                    }
                    String call = answers.of(request, answer("", thought, List.of(call(callId(name, source)))));
                    if (!OTHER_HISTORY.contains(name) && !OTHER_CALLS.contains(name)) {
                        assertThat(calls(read(asked, parser, call))).isEqualTo(List.of(Json.readObject(ARGUMENTS)));
                    }
                }
                for (ModelForm form : ModelForm.of(name)) {
                    ParsedAnswer read = read(asked, parser, form.text());
                    assertThat(List.of(read.text(), read.reasoning())).isEqualTo(List.of(form.value(), form.thought()));
                    assertThat(calls(read))
                            .isEqualTo(form.value().isEmpty() ? List.of(Json.readObject(ARGUMENTS)) : List.of());
                }
            }
        }
    }

    private static String callId(String template, String source) {
        String id = ServerCases.namedIds(source) ? "functions.weather:0" : "call00000";
        return FIXED_IDS.getOrDefault(template, id);
    }

    private static boolean hasGrammar(JsonTemplate template, Map<String, Object> request) {
        Map<String, Object> required = new LinkedHashMap<>(request);
        required.put("tool_choice", "required");
        try {
            return !String.valueOf(template.apply(required).get("grammar")).isEmpty();
        } catch (ChatTemplateException e) {
            return false; // no tools there
        }
    }

    private static Map<String, ?> asked(JsonTemplate template, Map<String, Object> request) {
        Map<String, Object> wanted = new LinkedHashMap<>(request);
        wanted.put("answer_grammar", SCHEMA.gbnf());
        wanted.put("answer_parser", true);
        return template.apply(wanted);
    }

    /** Whether there may be a thought behind the prompt. */
    private static boolean thinks(Map<String, ?> asked) {
        String begun = String.valueOf(asked.get("generation_prompt"));
        return Boolean.TRUE.equals(asked.get("supports_thinking"))
                && ((List<?>) asked.get("thinking_end_tags")).stream().noneMatch(tag -> begun.contains(tag.toString()));
    }

    private static Map<String, Object> answer(String text, String thought, List<Map<String, Object>> calls) {
        Map<String, Object> message = new LinkedHashMap<>(ServerAnswers.message("assistant", text));
        if (!thought.isEmpty()) {
            message.put("reasoning_content", thought);
        }
        if (!calls.isEmpty()) {
            message.put("tool_calls", calls);
        }
        return message;
    }

    private static Map<String, Object> call(String id) {
        return Map.of("id", id, "type", "function", "function", Map.of("name", "weather", "arguments", ARGUMENTS));
    }

    private static List<Map<String, ?>> calls(ParsedAnswer answer) {
        return answer.calls().stream()
                .filter(call -> call.name().equals("weather"))
                .<Map<String, ?>>map(call -> Json.readObject(call.arguments()))
                .toList();
    }

    /** What the parser makes of an answer that the grammar allows. */
    private static ParsedAnswer read(Map<String, ?> asked, AnswerParser parser, String answer) {
        Optional<String> allowed = allowed(asked, answer);
        assertThat(allowed).as(asked.get("generation_prompt") + "|" + answer).isPresent();
        ParsedAnswer read = parser.parse(allowed.orElseThrow(), false);
        return new ParsedAnswer(read.text().strip(), read.reasoning().strip(), read.calls());
    }

    /** The answer as the grammar allows it to end: with all the tags that the template writes at its end, or some. */
    private static Optional<String> allowed(Map<String, ?> asked, String answer) {
        String rest = answer;
        for (int n = 0; n < LAST_TAGS; n++) {
            if (isAllowed(asked, rest)) {
                return Optional.of(rest);
            }
            rest = LAST_TAG.matcher(rest).replaceFirst("");
        }
        return Optional.empty();
    }

    private static boolean isAllowed(Map<String, ?> asked, String answer) {
        String text = asked.get("generation_prompt") + answer;
        Grammar grammar = new Grammar(String.valueOf(asked.get("grammar")), "root");
        try (SamplerChain chain = SamplerChain.of(bytes, grammar, Sampler.greedy())) {
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                chain.accept(b & 0xFF);
            }
            chain.accept(ScriptedGguf.EOS);
            return true;
        } catch (GrammarException e) {
            return false;
        }
    }
}
