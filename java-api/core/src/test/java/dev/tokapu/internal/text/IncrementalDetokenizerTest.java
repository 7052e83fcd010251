package dev.tokapu.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.internal.util.IntList;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class IncrementalDetokenizerTest {

    private static final byte[] EURO = "\u20ac".getBytes(StandardCharsets.UTF_8);

    private final StringBuilder out = new StringBuilder();

    /** Token 0 is a long text, 1 to 3 are the bytes of a character, others are letters. */
    private static int piece(int token, byte[] dst) {
        byte[] bytes;
        if (token == 0) {
            bytes = "x".repeat(200).getBytes(StandardCharsets.UTF_8);
        } else {
            bytes = new byte[] {token <= EURO.length ? EURO[token - 1] : (byte) token};
        }
        System.arraycopy(bytes, 0, dst, 0, bytes.length <= dst.length ? bytes.length : 0);
        return bytes.length;
    }

    private static IncrementalDetokenizer text(String... stops) {
        return new IncrementalDetokenizer(
                IncrementalDetokenizerTest::piece,
                new StopMatcher(List.of(stops)),
                new StoppingCriteriaEvaluator(List.of(), new IntList()));
    }

    @Test
    void append_longPiece_isWhole() {
        assertThat(text().append(0, out)).isFalse();
        assertThat(out).hasSize(200);
    }

    @Test
    void append_partsOfACharacter_waitForItsEnd() {
        IncrementalDetokenizer text = text();
        text.append(1, out);
        text.append(2, out);
        assertThat(out).isEmpty();
        text.append(3, out);
        assertThat(out).hasToString("\u20ac");
        text.append(1, out);
        text.finish(out);
        assertThat(out).hasToString("\u20ac\ufffd");
    }

    @Test
    void append_stopString_endsWithoutIt() {
        IncrementalDetokenizer text = text("bc");
        assertThat(text.append('a', out)).isFalse();
        assertThat(text.append('b', out)).isFalse();
        assertThat(out).as("what may be its beginning waits").hasToString("a");
        assertThat(text.append('c', out)).isTrue();
        assertThat(out).hasToString("a");
    }

    @Test
    void finish_beginningOfAStopString_isText() {
        IncrementalDetokenizer text = text("bc");
        text.append('a', out);
        text.append('b', out);
        text.finish(out);
        assertThat(out).hasToString("ab");
    }
}
