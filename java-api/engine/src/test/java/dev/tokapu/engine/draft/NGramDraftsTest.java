package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NGramDraftsTest {

    private final DraftPlanner planner = new DraftPlanner(3);

    private NGramDrafts answer(int... prompt) {
        return new NGramDrafts(planner, 1, 4, true, prompt, 1000);
    }

    @Test
    void right_textThatRepeatsItself_growsWithoutDrafts() {
        NGramDrafts answer = answer(1, 2, 3, 1);
        assertThat(answer.hasMatch()).isTrue();
        assertThat(answer.right(1)).as("nothing is known").isEqualTo(0.5);
        for (int i = 0; i < 60; i++) {
            answer.add(1 + (i + 1) % 3);
        }
        assertThat(answer.right(1)).isGreaterThan(0.9);
        answer.fill(4);
        assertThat(answer.token(0)).isEqualTo(2);
        assertThat(answer.token(3)).isEqualTo(2);
    }

    @Test
    void right_afterAWrongToken_isThatOfShortRuns() {
        NGramDrafts answer = answer(1, 2, 3, 4, 5, 6, 7, 8);
        for (int round = 0; round < 20; round++) {
            for (int token = 1; token <= 8; token++) {
                answer.add(token); // each round goes on as the one before
            }
        }
        assertThat(answer.right(1)).isGreaterThan(0.99);
        answer.add(5);
        assertThat(answer.right(1)).isLessThan(answer.right(9));
        assertThat(answer.right(9)).as("behind 8 tokens that were right").isBetween(0.9, 0.99);
    }

    @Test
    void right_newAnswer_isTakenToBeLikeTheOthers() {
        NGramDrafts bad = answer(1, 1);
        for (int i = 0; i < 60; i++) {
            bad.add(1 + i % 7);
            bad.add(20 + i);
            bad.add(1);
        }
        assertThat(answer(1, 1).right(1)).isLessThan(0.3);
    }

    @Test
    void hasMatch_newTokens_isFalse() {
        NGramDrafts answer = answer(1, 2);
        assertThat(answer.hasMatch()).isFalse();
        answer.add(3);
        assertThat(answer.hasMatch()).isFalse();
    }
}
