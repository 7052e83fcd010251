package dev.tokapu.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorpusTest {

    @Test
    void strings_areManyAndDifferent() {
        List<String> strings = Corpus.strings();
        assertThat(strings).hasSizeGreaterThan(2200).doesNotContain("");
        assertThat(new HashSet<>(strings)).hasSameSizeAs(strings);
    }

    @Test
    void strings_calledTwice_areTheSame() {
        assertThat(Corpus.strings()).isEqualTo(Corpus.strings());
    }

    @Test
    void strings_surviveUtf8() {
        assertThat(Corpus.strings())
                .allSatisfy(
                        text -> assertThat(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                                .isEqualTo(text));
    }

    @Test
    void prompts_areTwentyWithoutControlText() {
        assertThat(Corpus.prompts()).hasSize(20).noneMatch(Corpus::hasControlText);
        assertThat(Corpus.prose()).hasSizeGreaterThan(4000);
    }
}
