package dev.tokapu.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ArrayChecksTest {

    @Test
    void atLeast_tooShort_namesArrayAndCounts() {
        assertThatThrownBy(() -> ArrayChecks.atLeast(32, 64, "tokens"))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("tokens has 32 elements, 64 are needed");
    }

    @Test
    void atLeast_negativeCount_isLeftToTheLibrary() {
        assertThatCode(() -> ArrayChecks.atLeast(0, -1, "tokens")).doesNotThrowAnyException();
    }

    @Test
    void texts_missingTerminator_isRefused() {
        byte[] texts = "a\0b".getBytes(StandardCharsets.UTF_8);

        assertThatCode(() -> ArrayChecks.texts(texts, 1, "paths")).doesNotThrowAnyException();
        assertThatThrownBy(() -> ArrayChecks.texts(texts, 2, "paths"))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("paths holds 1 NUL-terminated texts, 2 are needed");
    }

    @Test
    void batch_severalSequencesPerToken_countsThem() {
        assertThat(ArrayChecks.batch(2, new int[2], new int[2], new int[] {2, 1}, new int[3], new byte[2]))
                .isEqualTo(3);
        assertThat(ArrayChecks.batch(2, new int[2], null, null, null, null)).isZero();
    }

    @Test
    void batch_tooFewSequenceIds_isRefused() {
        assertThatThrownBy(() -> ArrayChecks.batch(
                        2,
                        new int[2],
                        new int[2],
                        new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE},
                        new int[3],
                        new byte[2]))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("seqIds has 3 elements, 4294967294 are needed");
    }

    @Test
    void batch_negativeSequenceCount_isLeftToTheLibrary() {
        assertThat(ArrayChecks.batch(2, new int[2], null, new int[] {-5, 1}, new int[1], null))
                .isEqualTo(1);
    }

    @Test
    void batch_shortArray_isNamed() {
        assertThatThrownBy(() -> ArrayChecks.batch(2, new int[1], null, null, null, null))
                .hasMessageStartingWith("tokens");
        assertThatThrownBy(() -> ArrayChecks.batch(2, null, new int[1], null, null, null))
                .hasMessageStartingWith("positions");
        assertThatThrownBy(() -> ArrayChecks.batch(2, null, null, new int[1], null, null))
                .hasMessageStartingWith("nSeqIds");
        assertThatThrownBy(() -> ArrayChecks.batch(2, null, null, null, null, new byte[1]))
                .hasMessageStartingWith("outputs");
    }
}
