package dev.tokapu.benchmarks.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndlessMemoryTest {

    private final EndlessMemory memory = new EndlessMemory();

    @Test
    void firstPrompt_isPrefilledWhole() {
        assertThat(memory.prefilled(new int[] {1, 2, 3})).isEqualTo(3);
    }

    @Test
    void prompt_thatBeginsLikeAnother_isPrefilledBehindThat() {
        memory.prefilled(new int[] {1, 2, 3});
        assertThat(memory.prefilled(new int[] {1, 2, 9, 9})).isEqualTo(2);
    }

    @Test
    void samePrompt_hasItsLastTokenPrefilled() {
        memory.prefilled(new int[] {1, 2, 3});
        assertThat(memory.prefilled(new int[] {1, 2, 3})).isEqualTo(1);
        assertThat(memory.prefilled(new int[] {1, 2})).isEqualTo(1);
    }

    @Test
    void nextTurn_isPrefilledFromTheLastTokenOfTheAnswerOn() {
        memory.prefilled(new int[] {1, 2});
        memory.answered(new int[] {1, 2}, new int[] {3, 4});
        assertThat(memory.prefilled(new int[] {1, 2, 3, 4, 5, 6})).isEqualTo(3);
    }
}
