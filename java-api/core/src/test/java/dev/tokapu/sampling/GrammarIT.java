package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.exception.GrammarException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Grammars that are made of something else. */
class GrammarIT {

    @TinyModel
    private static Model model;

    private static GrammarDriver driver;

    @BeforeAll
    static void load() {
        driver = new GrammarDriver(model);
    }

    @Test
    void ofJsonSchema_object_allowsItsValuesOnly() {
        Grammar grammar = Grammar.ofJsonSchema("""
            {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 18}},
             "required": ["name", "age"]}
            """);
        assertThat(driver.accepts(grammar, "{\"name\":\"J\u00f6 \\u00e4\",\"age\":18}"))
                .isTrue();
        assertThat(driver.accepts(grammar, "{\"name\": \"\", \"age\": 100}")).isTrue();
        assertThat(driver.accepts(grammar, "{\"name\":\"x\",\"age\":17}")).isFalse();
        assertThat(driver.accepts(grammar, "{\"name\":\"x\"}")).isFalse();
        assertThat(driver.accepts(grammar, "{\"name\":\"x\",\"age\":18} ")).isFalse();
        assertThat(driver.accepts(grammar, "{\"name\":\"\\ud800\",\"age\":18}")).isFalse();
    }

    @Test
    void ofJsonSchemaCompact_blanksBetweenParts_areForbidden() {
        String schema = """
            {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "integer"}}, "b": {"const": 1}},
             "required": ["a"]}
            """;
        Grammar compact = Grammar.ofJsonSchemaCompact(schema);
        assertThat(driver.accepts(compact, "{\"a\":[1,2],\"b\":1}")).isTrue();
        assertThat(driver.accepts(compact, "{\"a\":[]}")).isTrue();
        for (String text : List.of(
                "{ \"a\":[]}", "{\"a\": []}", "{\"a\":[1, 2]}", "{\"a\":[] }", "{\"a\":[], \"b\":1}", "{\"a\":[ ]}")) {
            assertThat(driver.accepts(compact, text)).as(text).isFalse();
            assertThat(driver.accepts(Grammar.ofJsonSchema(schema), text))
                    .as(text)
                    .isTrue();
        }
    }

    @Test
    void ofJsonSchema_blanks_comeToAnEnd() {
        Grammar grammar = Grammar.ofJsonSchema("{\"type\":\"object\"}");
        assertThat(driver.accepts(grammar, "{\n\n" + " ".repeat(20) + "}")).isTrue();
        assertThat(driver.accepts(grammar, "{\n\n" + " ".repeat(21) + "}")).isFalse();
    }

    @Test
    void ofJsonSchema_badSchema_tellsWhereAndWhat() {
        assertThatExceptionOfType(GrammarException.class)
                .isThrownBy(() -> Grammar.ofJsonSchema("{\"properties\":{\"a\":{\"type\":\"strnig\"}}}"))
                .withMessageContaining("#/properties/a: unknown type 'strnig'");
    }

    @Test
    void ofChoices_texts_areTheOnlyOnes() {
        Grammar grammar = Grammar.ofChoices("yes", "no", "say \"\\n\"\n[^]-\u00e4\ud83d\ude00", "", "yes");
        assertThat(List.of("yes", "no", "say \"\\n\"\n[^]-\u00e4\ud83d\ude00", ""))
                .allMatch(text -> driver.accepts(grammar, text));
        assertThat(List.of("ye", "yess", "say", "maybe", " ")).noneMatch(text -> driver.accepts(grammar, text));
    }

    @Test
    void ofChoices_nothingToChoose_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(Grammar::ofChoices).withMessageContaining("at least one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Grammar.ofChoices("a", "b\ud800"))
                .withMessageContaining("U+D800 at index 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Grammar.ofChoices("a\0"))
                .withMessageContaining("U+0000 at index 1, which is the end of a text to llama.cpp's grammars");
    }
}
