package dev.tokapu.internal.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.exception.GrammarException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentTextsTest {

    private final List<String> made = new ArrayList<>();
    private final RecentTexts texts = new RecentTexts(1000, text -> {
        made.add(text);
        return text + text;
    });

    @Test
    void sameText_isMadeOnce() {
        assertThat(texts.of("a")).isEqualTo("aa").isSameAs(texts.of("a"));
        assertThat(made).containsExactly("a");
    }

    @Test
    void unusedForLongest_goesFirst_whereThereAreTooMany() {
        for (int i = 0; i < 128; i++) {
            texts.of(String.valueOf(i % 10) + (char) ('A' + i / 10));
        }
        texts.of("0A");
        texts.of("one more");
        made.clear();
        texts.of("0A");
        assertThat(made).isEmpty();
        texts.of("1A");
        assertThat(made).containsExactly("1A");
    }

    @Test
    void characters_areBounded() {
        texts.of("x".repeat(100));
        texts.of("y".repeat(100));
        assertThat(texts.characters()).isEqualTo(600);
        texts.of("z".repeat(200));
        assertThat(texts.characters()).isEqualTo(900);
        made.clear();
        texts.of("y".repeat(100));
        assertThat(made).isEmpty();
        texts.of("w".repeat(400)); // more than may be kept
        assertThat(texts.characters()).isEqualTo(900);
    }

    @Test
    void whatCannotBeMade_isNotKept() {
        String wrong = "{\"type\":\"nothing\"}";
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> SchemaGrammar.translate(wrong, true)).isInstanceOf(GrammarException.class);
        }
        assertThat(SchemaGrammar.translate("{}", true)).isNotEqualTo(SchemaGrammar.translate("{}", false));
    }
}
