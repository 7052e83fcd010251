package dev.tokapu.internal.grammar;

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
                "[^a-c\\d\\]-]+ ~ ([^\\-0-9\\]a-c]+)",
                "\\.\\w\\S ~ (\".\" [0-9A-Z_a-z] [^\\x09-\\x0D ])",
                "a. ~ (\"a\" [^\\x0A\\x0D\\x85\\u2028\\u2029])",
                "\\x41\\u00e9 ~ (\"A\\xE9\")",
                "}] ~ (\"}\\]\")",
                "(?<year>a|b)c ~ ((\"a\" | \"b\") \"c\")",
                "(?i)aB1 ~ ([Aa] [Bb] \"1\")",
                "a(?i:b)c ~ (\"a\" [Bb] \"c\")",
                "(?s). ~ (.)",
                "\\Qa.b\\Ec ~ (\"a.bc\")",
                "a\\z ~ (\"a\")",
                "a*?b+? ~ (\"a\"* \"b\"+)",
                "(^a) ~ (\"a\")",
                "a{0}b ~ (\"b\")",
                "[\\D] ~ ([^0-9])",
                "\\x{1F600} ~ (\"\\U0001F600\")",
                "[\\w-.] ~ ([\\-.0-9A-Z_a-z])",
            })
    void translate_supported_isGbnf(String regex, String gbnf) {
        assertThat(RegexGrammar.translate(regex)).isEqualTo("root ::= " + gbnf + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "a(?<!b)c ~ (? ~ index 1",
                "(?>a) ~ (? ~ index 0",
                "(a)\\1 ~ '\\1' ~ index 3",
                "\\bword ~ '\\b' ~ index 0",
                "a++ ~ possessive ~ index 2",
                "a{2}{3} ~ second ~ index 4",
                "a^b ~ no text matches ~ a^b",
                "a(?=b) ~ no text matches ~ a(?=b)",
                "(^a|b)* ~ within a repetition ~ (^a|b)*",
                "(?u)a ~ (?u ~ index 0",
                "a\\p{L}\\X ~ '\\X' ~ index 6",
                "(?=x)(?:x|b)*x(x|b){20} ~ states ~ x",
                "a{2001} ~ more than 2000 ~ index 1",
                "[a-z&&[^b]] ~ '&' ~ index 4",
                "[a[b]] ~ '[' ~ index 2",
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
