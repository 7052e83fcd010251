package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the grammar of each keyword allows and forbids. */
class SchemaKeywordsIT {

    @TinyModel
    private static Model model;

    private static GrammarDriver driver;

    @BeforeAll
    static void load() {
        driver = new GrammarDriver(model);
    }

    /** The keywords of docs/structured-output.md that are enforced, each by a text that its grammar forbids. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "type ~ {\"type\":\"integer\"} ~ 5 ~ 5.5",
                "enum ~ {\"enum\":[1,\"a\"]} ~ \"a\" ~ \"b\"",
                "const ~ {\"const\":[1]} ~ [1] ~ [2]",
                "properties ~ {\"properties\":{\"a\":{\"type\":\"null\"}}} ~ {\"a\":null} ~ {\"a\":1}",
                "required ~ {\"properties\":{\"a\":{}},\"required\":[\"a\"]} ~ {\"a\":1} ~ {}",
                "additionalProperties ~ {\"type\":\"object\",\"additionalProperties\":{\"type\":\"null\"}} ~"
                        + " {\"x\":null} ~ {\"x\":1}",
                "items ~ {\"items\":{\"type\":\"null\"}} ~ [null] ~ [1]",
                "prefixItems ~ {\"prefixItems\":[{\"type\":\"null\"}]} ~ [null] ~ [1]",
                "minItems ~ {\"items\":{},\"minItems\":2} ~ [1,1] ~ [1]",
                "maxItems ~ {\"items\":{},\"maxItems\":1} ~ [1] ~ [1,1]",
                "minLength ~ {\"minLength\":2} ~ \"ab\" ~ \"a\"",
                "maxLength ~ {\"maxLength\":2} ~ \"ab\" ~ \"abc\"",
                "pattern ~ {\"pattern\":\"^[a-c]+$\"} ~ \"abc\" ~ \"abd\"",
                "format ~ {\"format\":\"date\"} ~ \"2026-01-31\" ~ \"2026-13-01\"",
                "minimum ~ {\"type\":\"integer\",\"minimum\":100} ~ 100 ~ 20",
                "maximum ~ {\"type\":\"integer\",\"maximum\":-5} ~ -5 ~ -05",
                "exclusiveMinimum ~ {\"type\":\"integer\",\"exclusiveMinimum\":7} ~ 8 ~ 7",
                "exclusiveMaximum ~ {\"type\":\"integer\",\"exclusiveMaximum\":7} ~ 6 ~ 7",
                "anyOf ~ {\"anyOf\":[{\"const\":1},{\"const\":2}]} ~ 2 ~ 3",
                "oneOf ~ {\"oneOf\":[{\"const\":1},{\"const\":2}]} ~ 2 ~ 3",
                "allOf ~ {\"allOf\":[{\"required\":[\"a\"]},{\"properties\":{\"b\":{\"type\":\"null\"}}}]} ~"
                        + " {\"a\":1,\"b\":null} ~ {\"b\":null}",
                "multipleOf ~ {\"type\":\"number\",\"multipleOf\":0.01} ~ 1.25 ~ 1.255",
                "maxProperties ~ {\"type\":\"object\",\"maxProperties\":1} ~ {\"a\":1} ~ {\"a\":1,\"b\":2}",
                "minProperties ~ {\"type\":\"object\",\"minProperties\":1} ~ {\"a\":1} ~ {}",
                "propertyNames ~ {\"propertyNames\":{\"maxLength\":2}} ~ {\"ab\":1} ~ {\"abc\":1}",
                "patternProperties ~ {\"patternProperties\":{\"^a\":{\"const\":1}},\"additionalProperties\":false} ~"
                        + " {\"ab\":1} ~ {\"b\":1}",
                "$ref ~ {\"$ref\":\"#/$defs/x\",\"$defs\":{\"x\":{\"const\":1}}} ~ 1 ~ 2",
            })
    void ofJsonSchema_enforcedKeyword_forbidsWhatItSays(
            String keyword, String schema, String allowed, String forbidden) {
        Grammar grammar = Grammar.ofJsonSchema(schema);
        assertThat(schema).contains(keyword);
        assertThat(driver.accepts(grammar, allowed)).as(allowed).isTrue();
        assertThat(driver.accepts(grammar, forbidden)).as(forbidden).isFalse();
    }

    /** The keywords of docs/structured-output.md that are not enforced. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "multipleOf ~ {\"type\":\"integer\",\"multipleOf\":5} ~ 3",
                "uniqueItems ~ {\"items\":{},\"uniqueItems\":true} ~ [1,1]",
                "contains ~ {\"items\":{},\"contains\":{\"const\":5}} ~ [1]",
                "not ~ {\"not\":{\"type\":\"null\"}} ~ null",
                "if ~ {\"type\":\"integer\",\"if\":{\"minimum\":5},\"then\":{\"multipleOf\":2}} ~ 7",
                "maxLength above 2000 ~ {\"maxLength\":2001} ~ \"c\"",
            })
    void ofJsonSchema_keywordThatIsNotEnforced_isLeftOut(String keyword, String schema, String text) {
        assertThat(driver.accepts(Grammar.ofJsonSchema(schema), text))
                .as(keyword)
                .isTrue();
    }
}
