package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ANSWER;
import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_BUFFER;
import static dev.tokapu.spi.Status.ERROR_GRAMMAR;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.ERROR_TEMPLATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parsers of answers, of a template with tool calls and thoughts. */
class AnswerParserContractIT extends Contract {

    private static final String TEMPLATE = """
            {%- if tools %}<|im_start|>system
            Tools: {{ tools | tojson }}<|im_end|>
            {% endif %}
            {%- for message in messages %}
            {{- '<|im_start|>' + message.role + '\n' }}
            {%- if message.reasoning_content %}{{ '<think>\n' + message.reasoning_content + '\n</think>\n\n' }}{% endif %}
            {{- message.content }}
            {%- for call in message.tool_calls or [] %}
            {{- '<tool_call>\n{"name": "' + call.function.name + '", "arguments": ' }}
            {{- call.function.arguments | tojson + '}\n</tool_call>' }}
            {%- endfor %}
            {{- '<|im_end|>\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
            """;

    private static final String REQUEST = """
            {"messages": [{"role": "user", "content": "hi"}], "answer_parser": true, "tools": [{"type": "function", "function":
             {"name": "add", "description": "", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}}]
            """;

    private static final String CALL =
            "<think>\nso\n</think>\n\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 3}}\n</tool_call>";

    private long template;
    private long parser;

    @BeforeEach
    void compile() {
        template = chatTemplate(model(), TEMPLATE);
    }

    @AfterEach
    void free() {
        if (parser != 0) {
            ok(api.answerParsers().free(parser));
        }
    }

    private String apply(String more) {
        byte[] buf = new byte[200_000];
        int[] length = new int[1];
        ok(api.chatTemplates().apply(template, utf8(REQUEST + more + "}"), buf, length));
        String json = string(buf, length[0]);
        Matcher handle = Pattern.compile("\"answer_parser\":(\\d+)").matcher(json);
        parser = handle.find() ? Long.parseLong(handle.group(1)) : 0;
        return json;
    }

    private String parsed(String text, int partial) {
        return text((buf, length) -> api.answerParsers().parse(parser, utf8(text), partial, buf, length));
    }

    @Test
    void answerParserParse_wholeAnswer_hasItsParts() {
        apply("");
        assertThat(parsed(CALL, 0))
                .contains("\"content\":\"\"", "\"reasoning_content\":\"so", "\"name\":\"add\"", "{\\\"a\\\": 3}");
        assertThat(parsed("hello", 0)).contains("\"content\":\"hello\"", "\"tool_calls\":[]");
    }

    @Test
    void answerParserParse_everyBeginning_isParsedOrAnErrorOfTheAnswer() {
        apply("");
        byte[] buf = new byte[10_000];
        for (int end = 0; end <= CALL.length(); end++) {
            for (int partial = 0; partial < 2; partial++) {
                assertThat(api.answerParsers().parse(parser, utf8(CALL.substring(0, end)), partial, buf, new int[1]))
                        .as(CALL.substring(0, end))
                        .isIn(0, ERROR_ANSWER);
            }
        }
    }

    @Test
    void answerParserParse_bufferTooSmall_keepsTheTextOnce() {
        apply("");
        String expected = parsed(CALL, 0);
        int[] length = new int[1];
        refused(ERROR_BUFFER, api.answerParsers().parse(parser, utf8(CALL), 0, new byte[3], length), "");
        byte[] buf = new byte[length[0]];
        ok(api.chatTemplates().cachedText(buf, length));
        assertThat(string(buf, length[0])).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{", "<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": [", "(\""})
    void answerParserParse_endlessNesting_isAnswered(String part) {
        apply("");
        byte[] buf = new byte[1_000_000];
        for (int n : new int[] {10_000, 100_000}) {
            assertThat(api.answerParsers().parse(parser, utf8(part.repeat(n / part.length())), 1, buf, new int[1]))
                    .isIn(0, ERROR_ANSWER, ERROR_TEMPLATE, ERROR_BUFFER);
            assertThat(api.answerParsers()
                            .parse(
                                    parser,
                                    utf8("<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": " + part.repeat(n)),
                                    0,
                                    buf,
                                    new int[1]))
                    .isIn(0, ERROR_ANSWER, ERROR_TEMPLATE, ERROR_BUFFER);
        }
    }

    @Test
    void chatTemplateApply_malformedGrammar_isRefusedInItsOwnLines() {
        String request = REQUEST + ", \"answer_grammar\": \"root ::= [0-9]\\n)\"}";
        refused(
                ERROR_GRAMMAR,
                api.chatTemplates().apply(template, utf8(request), new byte[200_000], new int[1]),
                "the grammar, line 2, column 1: expected the name of a rule");
        apply(", \"answer_grammar\": \"root ::= [0-9]\"");
    }

    @Test
    void answerParserParse_badArguments_areRefused() {
        apply("");
        refused(ERROR_ARGUMENT, api.answerParsers().parse(parser, utf8("x"), 2, new byte[100], new int[1]), "partial");
        refused(ERROR_HANDLE, api.answerParsers().parse(template, utf8("x"), 0, new byte[100], new int[1]), "");
        refused(ERROR_HANDLE, api.answerParsers().free(template), "");
    }

    @Test
    void chatTemplateApply_answerGrammar_isTheAnswerOrAToolCall() {
        String json = apply(", \"answer_grammar\": \"root ::= \\\"yes\\\" | no\\nno ::= \\\"no\\\"\"");
        assertThat(json).contains("one-root | other-root", "value-no", "\"grammar_lazy\":false");
        assertThat(parsed(CALL, 0)).contains("\"name\":\"add\"");
    }

    @Test
    void chatTemplateApply_toolName_isTheOneToolThatMayBeCalled() {
        assertThat(apply(", \"tool_name\": \"add\"")).contains("tool-add");
        byte[] buf = new byte[200_000];
        refused(
                ERROR_TEMPLATE,
                api.chatTemplates().apply(template, utf8(REQUEST + ", \"tool_name\": \"sub\"}"), buf, new int[1]),
                "'sub'");
    }

    @Test
    void chatTemplateApply_callsNotParallel_grammarHasOneCall() {
        assertThat(apply(", \"tool_choice\": \"required\"")).contains("(tool-call space)+");
        ok(api.answerParsers().free(parser));
        assertThat(apply(", \"tool_choice\": \"required\", \"parallel_tool_calls\": false"))
                .contains("tool-calls ::= (tool-call space)")
                .doesNotContain("(tool-call space)+");
    }
}
