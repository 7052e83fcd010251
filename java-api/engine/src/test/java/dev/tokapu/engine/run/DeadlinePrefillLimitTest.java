package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeadlinePrefillLimitTest {

    private final DeadlinePrefillLimit limit = new DeadlinePrefillLimit();

    @Test
    void tokens_withoutADeadline_areAll() {
        assertThat(limit.tokens(512, Long.MAX_VALUE)).isEqualTo(512);
    }

    @Test
    void tokens_deadlineBeforeAnythingWasMeasured_areFew() {
        assertThat(limit.tokens(512, 1_000_000_000)).isEqualTo(32);
        assertThat(limit.tokens(8, 1)).isEqualTo(8);
    }

    @Test
    void tokens_deadline_endTheStepBeforeIt() {
        limit.computed(100, 100_000);
        assertThat(limit.tokens(512, 200_000)).isEqualTo(200);
        assertThat(limit.tokens(512, 10)).isEqualTo(32);
        assertThat(limit.tokens(512, -5)).isEqualTo(32);
        assertThat(limit.tokens(512, 10_000_000)).isEqualTo(512);
    }

    @Test
    void computed_fewTokens_saysNothing() {
        limit.computed(3, 1_000_000_000);
        limit.computed(512, 512);
        assertThat(limit.tokens(512, 400)).isEqualTo(400);
    }
}
