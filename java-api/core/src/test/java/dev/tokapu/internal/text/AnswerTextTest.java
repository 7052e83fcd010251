package dev.tokapu.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.text.GenerationOptions;
import org.junit.jupiter.api.Test;

class AnswerTextTest {

    @Test
    void tokensAndReports_fromOneOfThemOn_areTheRest() {
        AnswerText text = new AnswerText(
                FakeSource.of("a", "b", "c"),
                GenerationOptions.builder().logProbabilities(1).build(),
                null);
        for (int token = 0; token < 3; token++) {
            boolean stopped = text.add(token, new float[3]);
            assertThat(stopped).isFalse();
        }
        assertThat(text.tokens(0)).containsExactly(0, 1, 2);
        assertThat(text.tokens(2)).containsExactly(2);
        assertThat(text.alternatives(1))
                .extracting(report -> report.chosen().token())
                .containsExactly(1, 2);
        for (int from = 3; from < 5; from++) {
            assertThat(text.tokens(from)).isEmpty();
            assertThat(text.alternatives(from)).isEmpty();
        }
    }
}
