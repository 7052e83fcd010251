package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.testsupport.Corpus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tokens of some 2,500 strings, compared with those of {@code tokapu-oracle}, which tokenizes all of them in one process by
 * llama.h. A sample of the strings, in processes of their own, proves that {@code llama-tokenize} says the same.
 */
class TokenizationIT {

    private static final List<String> STRINGS = Corpus.strings();

    @ParameterizedTest
    @CsvSource({"DEFAULT, false", "DEFAULT, true", "TINY, false", "TINY, true"})
    void tokenize_corpus_equalToLlamaCpp(Reference reference, boolean parseSpecial) {
        assertThat(STRINGS).hasSizeGreaterThanOrEqualTo(2000);
        List<int[]> expected = Answers.tokens(
                "tokens-" + parseSpecial,
                STRINGS,
                reference,
                () -> Reference.oracle().tokenizeAtOnce(reference.file(), STRINGS, parseSpecial));
        assertEqual(reference, parseSpecial, STRINGS, expected);
    }

    @ParameterizedTest
    @CsvSource({"DEFAULT, false", "DEFAULT, true", "TINY, false", "TINY, true"})
    void tokenize_sample_equalToLlamaTokenize(Reference reference, boolean parseSpecial) {
        List<String> sample = new ArrayList<>(List.of(""));
        for (int i = 0; i < STRINGS.size(); i += Corpus.hasControlText(STRINGS.get(i)) ? 11 : 97) {
            sample.add(STRINGS.get(i));
        }
        assertThat(sample).anyMatch(Corpus::hasControlText).hasSizeGreaterThan(25);
        List<int[]> expected = Answers.tokens(
                "sample-" + parseSpecial,
                sample,
                reference,
                () -> Reference.oracle().tokenizeAll(reference.file(), sample, true, parseSpecial));
        assertEqual(reference, parseSpecial, sample, expected);
    }

    private static void assertEqual(
            Reference reference, boolean parseSpecial, List<String> strings, List<int[]> expected) {
        assertThat(expected).hasSameSizeAs(strings);
        TokenizeOptions options =
                TokenizeOptions.builder().parseSpecial(parseSpecial).build();
        List<String> different = new ArrayList<>();
        try (Model model = reference.load()) {
            Vocab vocab = model.vocab();
            for (int i = 0; i < strings.size(); i++) {
                int[] actual = vocab.tokenize(strings.get(i), options);
                if (!Arrays.equals(actual, expected.get(i))) {
                    different.add(i + " '" + strings.get(i) + "': " + Arrays.toString(actual) + ", expected "
                            + Arrays.toString(expected.get(i)));
                }
            }
        }
        assertThat(different).isEmpty();
    }
}
