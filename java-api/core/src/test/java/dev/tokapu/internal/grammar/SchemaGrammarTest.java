package dev.tokapu.internal.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.exception.GrammarException;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, and how large things may be. */
@Timeout(120)
class SchemaGrammarTest {

    private static String grammar(String schema) {
        return SchemaGrammar.translate(schema, true);
    }

    private static void refused(String schema, String words) {
        assertThatExceptionOfType(GrammarException.class)
                .isThrownBy(() -> grammar(schema))
                .withMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "`` ~ is empty",
                "nonsense ~ is no JSON",
                "5 ~ must be an object or a boolean",
                "false ~ allows no value",
                "{} {} ~ goes on after its end",
                "{\"type\":\"strnig\"} ~ unknown type 'strnig'",
                "{\"type\":[]} ~ must not be empty",
                "{\"type\":5} ~ must be a string or an array",
                "{\"properties\":{\"a/b\":{\"type\":\"x\"}}} ~ #/properties/a~1b: unknown type",
                "{\"$ref\":\"http://x.example/s\"} ~ leads out of this schema",
                "{\"$ref\":\"#/$defs/none\"} ~ leads nowhere",
                "{\"$ref\":\"#none\"} ~ no $anchor of that name",
                "{\"$ref\":\"#/a%zz\"} ~ '%' that is no escape",
                "{\"$ref\":\"#\"} ~ leads back to itself",
                "{\"maximum\":5,\"anyOf\":[{\"$ref\":\"#\"},{\"type\":\"null\"}]} ~ leads back to itself",
                "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"anyOf\":[{\"$ref\":\"#/$defs/b\"}]},\"b\":{\"$ref\":\"#/$defs/a\"}}}"
                        + " ~ leads back",
                "{\"allOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]} ~ leads back to itself",
                "{\"allOf\":[{\"type\":\"string\"},{\"type\":\"object\"}]} ~ no type is allowed",
                "{\"allOf\":[{\"minLength\":3},{\"maxLength\":2}]} ~ maxLength is less than minLength",
                "{\"enum\":[\"a\",\"b\"],\"const\":\"c\"} ~ no value of enum or const",
                "{\"enum\":[{\"a\":1}],\"properties\":{\"a\":{\"type\":\"integer\"}}} ~ cannot stand beside",
                "{\"type\":\"integer\",\"minimum\":5,\"maximum\":4} ~ no integer",
                "{\"type\":\"number\",\"minimum\":0.5,\"exclusiveMaximum\":0.5} ~ no number",
                "{\"type\":\"integer\",\"minimum\":1e300} ~ no integer",
                "{\"type\":\"integer\",\"minimum\":1e999999999} ~ no integer",
                "{\"type\":\"integer\",\"minimum\":\"1\"} ~ must be a number",
                "{\"type\":\"integer\",\"minimum\":1,\"exclusiveMinimum\":true} ~ exclusiveMinimum must be a number;"
                        + " true and false are of draft 4",
                "{\"type\":\"string\",\"minLength\":-1} ~ whole number",
                "{\"type\":\"string\",\"minLength\":1.5} ~ whole number",
                "{\"type\":\"string\",\"minLength\":100000000000000000000} ~ more than 2000",
                "{\"type\":\"array\",\"minItems\":3,\"maxItems\":2} ~ less than minItems",
                "{\"required\":[\"a\"],\"additionalProperties\":false} ~ 'a' is required",
                "{\"properties\":[]} ~ properties must be an object",
                "{\"const\":\"\\ud800\"} ~ half of a surrogate pair",
                "{\"properties\":{\"a\":{\"pattern\":\"(?<=x)a\"}}} ~ #/properties/a: pattern: a group that starts"
                        + " with (?<",
                "{\"pattern\":\"\\\\bword\"} ~ '\\b' cannot be made a grammar",
                "{\"pattern\":\"^a+$\",\"format\":5} ~ format must be a string",
                "{\"pattern\":\"^a$\",\"minLength\":2} ~ no text fits the pattern",
                "{\"pattern\":\"^(a|b)*a(a|b){30}$\",\"maxLength\":900} ~ states",
                "{\"patternProperties\":{\"a\":{},\"b\":{},\"c\":{},\"d\":{},\"e\":{}}} ~ more than 4"
                        + " patternProperties",
                "{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$anchor\":\"x\"}}} ~ 'x' comes twice",
                "{\"$dynamicRef\":\"#x\",\"$defs\":{\"a\":{\"$id\":\"u\",\"$dynamicAnchor\":\"x\"},\"b\":{\"$dynamicAnchor\":\"x\"}}}"
                        + " ~ several parts define",
            })
    void translate_badSchema_tellsWhatAndWhere(String schema, String words) {
        refused(schema, words);
    }

    @Test
    void translate_equalRules_areOne() {
        String grammar = grammar("{\"items\":{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"integer\"}]}}");
        assertThat(grammar.lines()).hasSize(3);
    }

    private static String repeated(String before, IntFunction<String> middle, int n, String after) {
        return before + IntStream.range(0, n).mapToObj(middle).collect(Collectors.joining()) + after;
    }

    @Test
    void translate_tooLarge_isRefused() {
        refused(repeated("", i -> "{\"items\":", 100_000, ""), "nests more than 64");
        refused("{\"properties\":{\"" + "k".repeat(600) + "\":{}}}", "longer than 512");
        refused(repeated("{\"properties\":{", i -> "\"" + i + "\":{},", 300, "\"z\":{}}}"), "optional");
        refused(
                repeated("{\"properties\":{", i -> "\"" + i + "\":{},", 1000, "\"z\":{}}}"),
                "more than 1000 properties");
        refused(repeated("{\"anyOf\":[", i -> "{\"type\":\"null\"},", 20_000, "{}]}"), "too large");
        refused("{\"const\":\"" + "x".repeat(1 << 20) + "\"}", "at most 1048576");
        refused(repeated("{\"prefixItems\":[", i -> "{\"pattern\":\"" + i + "\"},", 9000, "{}]}"), "more than");
        // Each alternative of each with each of the others.
        refused(
                repeated(
                        "{\"allOf\":[",
                        i -> "{\"anyOf\":[{\"minimum\":" + i + "},{\"maximum\":" + i + "}]},",
                        20,
                        "{}]}"),
                "too large");
        refused(
                repeated(
                        "{",
                        i -> "\"anyOf\":[{\"allOf\":[{}],",
                        1,
                        "\"minimum\":1}],\"pattern\":\"^.{1000}(a|b).{1000}$\","
                                + "\"allOf\":[{\"pattern\":\"(?=.*x).{900,}\"}],\"type\":\"string\"}"),
                "states");
    }

    @Test
    void translate_large_isTaken() {
        assertThat(grammar(repeated("{\"properties\":{", i -> "\"" + i + "\":{},", 255, "\"z\":{}}}")))
                .isNotEmpty();
        assertThat(grammar(repeated("{\"enum\":[", i -> "\"" + i + "\",", 1000, "0]}")))
                .isNotEmpty();
        assertThat(grammar(repeated("{\"required\":[", i -> "\"\u00e4" + i + "\u00e4\",", 900, "\"z\"]}")))
                .isNotEmpty();
        // A chain of references, as deep as the number of definitions; then one without values in between.
        assertThat(grammar(repeated(
                        "{\"$ref\":\"#/d/900\",\"d\":[{},",
                        i -> "{\"items\":{\"$ref\":\"#/d/" + i + "\"}},",
                        900,
                        "{}]}")))
                .isNotEmpty();
        assertThat(grammar(repeated(
                        "{\"$ref\":\"#/d/150\",\"d\":[{\"type\":\"null\"},",
                        i -> "{\"$ref\":\"#/d/" + i + "\"},",
                        150,
                        "{}]}")))
                .contains("null");
        refused(
                repeated("{\"$ref\":\"#/d/900\",\"d\":[{},", i -> "{\"$ref\":\"#/d/" + i + "\"},", 900, "{}]}"),
                "more than 200 schemas");
    }

    @Test
    void translate_deepOnASmallStack_isTaken() throws InterruptedException {
        String schema = repeated("", i -> "{\"items\":", 60, "{}" + "}".repeat(60));
        String[] made = new String[1];
        Thread thread = new Thread(null, () -> made[0] = grammar(schema), "small", 256 * 1024);
        thread.start();
        thread.join();
        assertThat(made[0]).contains("value");
    }
}
