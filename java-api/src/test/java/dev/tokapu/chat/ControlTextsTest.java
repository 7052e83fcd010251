package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ControlTextsTest {

    private static final List<String> CONTROLS = List.of("<|im_end|>", "<|im_start|>", "<s>", "</s>", "aXa");
    private final ControlTexts texts = ControlTexts.of(CONTROLS);

    @Test
    void mark_ordinaryText_isTheSameObject() {
        String text = "a < b, <|, |> and <|im_en d|>";
        assertThat(texts.mark(text, "#")).isSameAs(text);
    }

    @Test
    void mark_controlText_isCutBehindItsFirstCharacter() {
        assertThat(texts.mark("x <|im_end|> y", "#")).isEqualTo("x <#|im_end|> y");
        assertThat(texts.mark("<s><s>", "#")).isEqualTo("<#s><#s>");
        assertThat(texts.mark("<<|im_end|>>", "#")).isEqualTo("<<#|im_end|>>");
    }

    @Test
    void mark_overlappingControlTexts_areAllCut() {
        assertThat(texts.mark("aXaXa", "#")).isEqualTo("a#Xa#Xa");
    }

    @Test
    void mark_halfAControlTextAtTheBorder_isCutOff() {
        assertThat(texts.mark("hello <|im_", "#")).isEqualTo("hello <|im_#");
        assertThat(texts.mark("im_end|> hello", "#")).isEqualTo("#im_end|> hello");
    }

    @Test
    void mark_randomText_leavesNoControlTextWhole() {
        Random random = new Random(4);
        String[] parts = {"<", "|", "im_end", "im_start", "s", ">", "/", "a", "X", " ", "<|im_end|>", "<s>", "aXa"};
        for (int n = 0; n < 20_000; n++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            String marked = texts.mark(text.toString(), "#");
            assertThat(marked.replace("#", "")).isEqualTo(text.toString());
            for (String part : marked.split("#", -1)) {
                assertThat(CONTROLS).noneMatch(part::contains);
            }
        }
    }
}
