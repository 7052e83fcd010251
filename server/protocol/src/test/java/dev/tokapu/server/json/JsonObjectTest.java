package dev.tokapu.server.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {

    private static JsonObject read(String text) {
        return JsonText.readObject(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Problem problem(ThrowingCallable code) {
        ProblemException[] thrown = new ProblemException[1];
        assertThatExceptionOfType(ProblemException.class).isThrownBy(code).satisfies(e -> thrown[0] = e);
        return thrown[0].problem();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "3",
                "null",
                "{",
                "{\"a\":1} x",
                "{\"a\":1,\"a\":2}",
                "{a:1}",
                "{\"a\":NaN}",
                "{\"a\":01}",
                "{\"a\":\"\u0001\"}"
            })
    void readObject_somethingElse_isRefused(String text) {
        Problem problem = problem(() -> read(text));
        assertThat(problem.kind()).isEqualTo(Problem.Kind.INVALID);
        assertThat(problem.code()).isEqualTo("invalid_json");
    }

    @Test
    void readObject_deepNesting_isRefused() {
        String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        assertThat(problem(() -> read(deep)).code()).isEqualTo("invalid_json");
    }

    @Test
    void readObject_noUtf8_isRefused() {
        byte[] body = {'{', '"', 'a', '"', ':', '"', (byte) 0xC3, '"', '}'};
        assertThat(problem(() -> JsonText.readObject(body)).code()).isEqualTo("invalid_json");
    }

    @Test
    void readObject_malformed_saysWhereAndNothingOfTheText() {
        Problem problem = problem(() -> read("{\"a\":\n  secret}"));
        assertThat(problem.message()).contains("line 2").doesNotContain("\"a\"");
    }

    @Test
    void values_ofOtherTypes_nameTheirPath() {
        JsonObject object = read("{\"a\":{\"b\":[1,\"x\",null]},\"n\":1.5,\"big\":1e999999999}");
        JsonValue second = object.object("a").elements("b").get(1);
        assertThat(second.path()).isEqualTo("a.b[1]");
        assertThat(problem(second::flag).parameter()).isEqualTo("a.b[1]");
        assertThat(problem(() -> object.object("a").elements("b").get(2).text()).message())
                .isEqualTo("a.b[2] is null; it must be a string");
        assertThat(problem(() -> object.integer("n", 0, 9)).message()).contains("must be an integer");
        assertThat(problem(() -> object.number("big", 0, 9)).message()).contains("from 0 to 9");
        assertThat(problem(() -> object.integer("big", 0, 9)).parameter()).isEqualTo("big");
    }

    @Test
    void whatIsNoJson_isToldWithoutWordsOfTheParser() {
        assertThat(problem(() -> read("{\"a\":[1")).message())
                .startsWith("the body is no JSON: ")
                .contains("at line 1, column 8")
                .doesNotContain("Source", "Feature");
        assertThat(problem(() -> read("{\"a\":NaN}")).message()).contains("NaN").doesNotContain("Feature", "enable");
        assertThat(problem(() -> read("{\"a\":" + "[".repeat(2000) + "]".repeat(2000) + "}"))
                        .message())
                .contains("nesting depth")
                .doesNotContain("Constraints", "`");
        assertThat(problem(() -> read("{\"a\":" + "1".repeat(2000) + "}")).message())
                .contains("length")
                .doesNotContain("Constraints", "`");
    }

    @Test
    void integer_writtenAsFraction_isOneIfItIsWhole() {
        assertThat(read("{\"n\":3.0}").integer("n", 0, 9)).isEqualTo(3);
    }

    @Test
    void get_null_countsAsNotGiven() {
        JsonObject object = read("{\"a\":null}");
        assertThat(object.get("a")).isNull();
        assertThat(problem(() -> object.require("a")).code()).isEqualTo("missing_required_parameter");
        object.rejectUnknown(Set.of());
    }

    @Test
    void rejectUnknown_namesWhatNobodyAskedFor() {
        JsonObject object = read("{\"known\":1,\"ignored\":1,\"other\":1,\"more\":1}");
        object.get("known");
        Problem problem = problem(() -> object.rejectUnknown(Set.of("ignored")));
        assertThat(problem.message()).startsWith("other, more are not supported");
        assertThat(problem.parameter()).isEqualTo("other");
        assertThat(problem.code()).isEqualTo("unknown_parameter");
    }

    @Test
    void write_valuesThatWereRead_areTheSameAgain() {
        String text = "{\"a\":[1,2.50,true,null,\"é\\n\\u2028\"],\"b\":{\"c\":12345678901234567890}}";
        assertThat(read(JsonText.text(read(text).plain())).plain())
                .isEqualTo(read(text).plain());
    }
}
