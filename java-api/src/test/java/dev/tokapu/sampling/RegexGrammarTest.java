package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegexGrammarTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "abc ~ (\"abc\")",
                "ab*c ~ (\"a\" \"b\"* \"c\")",
                "^a|b$ ~ (\"a\" | \"b\")",
                "(a|)b ~ ((\"a\" | ) \"b\")",
                "(?:ab){2,3} ~ ((\"ab\"){2,3})",
                "[^a-c\\d\\]-]+ ~ ([^a-c0-9\\]\\-]+)",
                "\\.\\w\\S ~ (\".\" [a-zA-Z_0-9] [^ \\x09-\\x0D])",
                "a. ~ (\"a\" [^\\x0A\\x0D\\x85\\u2028\\u2029])",
                "\\x41\\u00e9 ~ (\"A\\xE9\")",
                "}] ~ (\"}\\]\")",
            })
    void translate_supported_isGbnf(String regex, String gbnf) {
        assertThat(RegexGrammar.translate(regex)).isEqualTo("root ::= " + gbnf + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "a(?=b) ~ (? ~ index 1",
                "a(?<!b)c ~ (? ~ index 1",
                "(?<name>a) ~ (? ~ index 0",
                "(?i)a ~ (? ~ index 0",
                "(?>a) ~ (? ~ index 0",
                "(a)\\1 ~ '\\1' ~ index 3",
                "\\bword ~ '\\b' ~ index 0",
                "a\\p{L} ~ '\\p' ~ index 1",
                "a\\Qb\\E ~ '\\Q' ~ index 1",
                "a\\z ~ '\\z' ~ index 1",
                "a*? ~ reluctant ~ index 2",
                "a++ ~ possessive ~ index 2",
                "a{2}{3} ~ second ~ index 4",
                "a^b ~ anchor ~ index 1",
                "a$b ~ anchor ~ index 1",
                "(^a) ~ anchor ~ index 1",
                "x(a?)* ~ may be empty ~ index 1",
                "(a|)+ ~ may be empty ~ index 0",
                "a{2001} ~ more than 2000 ~ index 1",
                "a{0} ~ zero ~ index 1",
                "[a-z&&[^b]] ~ '&' ~ index 4",
                "[a[b]] ~ '[' ~ index 2",
                "[\\D] ~ '\\D' ~ index 1",
                "\\x{1F600} ~ '\\x' ~ index 0",
                "\\0101 ~ '\\0' ~ index 0",
                "(a ~ not a regular expression ~ index 2",
                "a{3,2} ~ not a regular expression ~ at index",
                "*a ~ not a regular expression ~ index 0",
                "[b-a] ~ not a regular expression ~ index 3",
            })
    void translate_unsupported_tellsWhatAndWhere(String regex, String what, String index) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegexGrammar.translate(regex))
                .withMessageContaining(what)
                .withMessageContaining(index);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "(?:"})
    void translate_deep_isRefusedBeforeItIsCompiled(String open) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegexGrammar.translate(open.repeat(3000)))
                .withMessageContaining("200 deep");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegexGrammar.translate(open.repeat(30_000)))
                .withMessageContaining("at most 10000");
    }

    @Test
    void translate_loneSurrogateOrNul_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> RegexGrammar.translate("a\ud800"));
        assertThatIllegalArgumentException().isThrownBy(() -> RegexGrammar.translate("[\udc00]"));
        assertThatIllegalArgumentException().isThrownBy(() -> RegexGrammar.translate("a\0"));
        assertThatIllegalArgumentException().isThrownBy(() -> RegexGrammar.translate("\\ud83d"));
    }
}
