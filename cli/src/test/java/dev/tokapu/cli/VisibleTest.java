package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VisibleTest {

    @Test
    void of_charactersThatMoveOrHideText_areEscapes() {
        assertThat(Visible.of("a\u001b[2Kb\rc\nd\u202ee\u00a0\u200bf"))
                .isEqualTo("a\\u{1b}[2Kb\\u{d}c\\u{a}d\\u{202e}e\\u{a0}\\u{200b}f");
        assertThat(Visible.of("größe 大 \ud83d\ude00")).isEqualTo("größe 大 \ud83d\ude00");
    }

    @Test
    void command_argumentsWithBlanksAndQuotes_standApart() {
        assertThat(Visible.command(List.of("grep", "-n", "two words", "it's", "", "a;b", "notes.txt")))
                .isEqualTo("grep -n 'two words' 'it'\\''s' '' 'a;b' notes.txt");
    }
}
