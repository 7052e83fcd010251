package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromptChunksTest {

    private final PromptChunks pieces = new PromptChunks();

    @Test
    void tokens_withoutADeadline_areAll() {
        assertThat(pieces.tokens(512, Long.MAX_VALUE)).isEqualTo(512);
    }

    @Test
    void tokens_deadlineBeforeAnythingWasMeasured_areFew() {
        assertThat(pieces.tokens(512, 1_000_000_000)).isEqualTo(32);
        assertThat(pieces.tokens(8, 1)).isEqualTo(8);
    }

    @Test
    void tokens_deadline_endTheStepBeforeIt() {
        pieces.computed(100, 100_000);
        assertThat(pieces.tokens(512, 200_000)).isEqualTo(200);
        assertThat(pieces.tokens(512, 10)).isEqualTo(32);
        assertThat(pieces.tokens(512, -5)).isEqualTo(32);
        assertThat(pieces.tokens(512, 10_000_000)).isEqualTo(512);
    }

    @Test
    void computed_fewTokens_saysNothing() {
        pieces.computed(3, 1_000_000_000);
        pieces.computed(512, 512);
        assertThat(pieces.tokens(512, 400)).isEqualTo(400);
    }
}
