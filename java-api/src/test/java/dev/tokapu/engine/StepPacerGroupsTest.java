package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepPacerGroupsTest {

    @Test
    void promptTokens_onlyPartOfTheSequencesDecoded_doesNotStarvePrompts() {
        StepPacer pacer = new StepPacer(8, 3);
        int steps = 0;
        for (int i = 0; i < 100; i++) {
            steps += pacer.promptTokens(5, 1, 100, 512) > 0 ? 1 : 0;
            pacer.computed(3, 0, 1_000_000); // another adapter group has the other two
        }
        assertThat(steps).isGreaterThan(90);
    }
}
