package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.Oracle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tokens of some 2,500 strings, compared with llama-tokenize.
 *
 * <p>One process per string would take minutes for the default model, so most of its strings go through llama-tokenize a
 * hundred at a time, parted by a control token. That is exact where control text is parsed, and also where it is not for
 * strings that hold none; the other strings, and every fiftieth to prove the method, get a process of their own. The tiny
 * model loads in no time: each string gets its own process.
 */
class TokenizationIT {

    /** Text of a control token of the default model that no string of the corpus holds. */
    private static final String SEPARATOR = "<jupyter_output>";

    private static final List<String> STRINGS = Corpus.strings();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tokenize_defaultModel_equalToLlamaTokenize(boolean parseSpecial) {
        assertThat(STRINGS).hasSizeGreaterThanOrEqualTo(2000).noneMatch(text -> text.contains(SEPARATOR));
        List<int[]> expected =
                Answers.tokens("tokens-" + parseSpecial, STRINGS, Reference.DEFAULT, () -> askDefault(parseSpecial));
        assertEqual(Reference.DEFAULT, parseSpecial, expected);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tokenize_tinyModel_equalToLlamaTokenize(boolean parseSpecial) {
        Path file = Reference.TINY.file();
        List<int[]> expected = Answers.tokens(
                "tiny-tokens-" + parseSpecial,
                STRINGS,
                Reference.TINY,
                () -> Reference.oracle().tokenizeAll(file, STRINGS, true, parseSpecial));
        assertEqual(Reference.TINY, parseSpecial, expected);
    }

    @Test
    void tokenize_emptyText_equalToLlamaTokenize() {
        Path file = Reference.TINY.file();
        List<int[]> expected = Answers.tokens(
                "tiny-empty",
                List.of(""),
                Reference.TINY,
                () -> Reference.oracle().tokenizeAll(file, List.of(""), true, false));
        try (Model model = Reference.TINY.load()) {
            assertThat(model.vocab().tokenize("")).isEqualTo(expected.get(0));
        }
    }

    private static List<int[]> askDefault(boolean parseSpecial) {
        Oracle oracle = Reference.oracle();
        Path file = Reference.DEFAULT.file();
        int[] separator = oracle.tokenize(file, SEPARATOR, true, true);
        assertThat(separator).as("tokens of " + SEPARATOR).hasSize(1);
        List<int[]> result = new ArrayList<>(oracle.tokenizeJoined(file, STRINGS, SEPARATOR, separator[0]));
        List<Integer> alone = new ArrayList<>();
        for (int i = 0; i < STRINGS.size(); i++) {
            boolean differs = !parseSpecial && Corpus.hasControlText(STRINGS.get(i));
            if (differs || i % 50 == 0) {
                alone.add(i);
            }
        }
        List<String> texts = alone.stream().map(STRINGS::get).toList();
        List<int[]> single = oracle.tokenizeAll(file, texts, true, parseSpecial);
        for (int i = 0; i < texts.size(); i++) {
            if (parseSpecial || !Corpus.hasControlText(texts.get(i))) {
                assertThat(result.get(alone.get(i)))
                        .as("joined, of " + texts.get(i))
                        .isEqualTo(single.get(i));
            }
            result.set(alone.get(i), single.get(i));
        }
        return result;
    }

    private static void assertEqual(Reference reference, boolean parseSpecial, List<int[]> expected) {
        assertThat(expected).hasSameSizeAs(STRINGS);
        TokenizeOptions options = new TokenizeOptions(true, parseSpecial);
        List<String> different = new ArrayList<>();
        try (Model model = reference.load()) {
            Vocab vocab = model.vocab();
            for (int i = 0; i < STRINGS.size(); i++) {
                int[] actual = vocab.tokenize(STRINGS.get(i), options);
                if (!Arrays.equals(actual, expected.get(i))) {
                    different.add(i + " '" + STRINGS.get(i) + "': " + Arrays.toString(actual) + ", expected "
                            + Arrays.toString(expected.get(i)));
                }
            }
        }
        assertThat(different).isEmpty();
    }
}
