package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Decisions about drafts; the machine takes 10 ms for a step and 1 ms for each token, the draft model 1 ms for a token of each answer. */
class DraftWorthTest {

    private static final double MILLI = 1e6;

    private final DraftPlanner planner = new DraftPlanner(3);
    private final DraftWorth worth = planner.worth();

    /** Answers that never reach a context: {@link DraftWorth} only reads them. */
    private ModelDrafts answer(int prompt) {
        ModelDrafts answer = new ModelDrafts(planner, 8, 0, true, new int[prompt], 1000);
        answer.room(8);
        return answer;
    }

    private List<AnswerDrafts> answers(int count) {
        List<AnswerDrafts> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(answer(10));
        }
        return answers;
    }

    /** A step whose drafts are right up to a number; returns how many tokens were drafted. */
    private int step(List<AnswerDrafts> answers, int sequences, int right) {
        List<AnswerDrafts> candidates = new ArrayList<>(answers);
        worth.choose(candidates, sequences);
        int drafts = worth.answers() * worth.length();
        if (drafts > 0) {
            worth.round(worth.answers(), MILLI);
            for (int i = 0; i < worth.answers(); i++) {
                candidates.get(i).verified(worth.length(), Math.min(worth.length(), right));
            }
        }
        worth.stepComputed(sequences, drafts, (10 + sequences + drafts) * MILLI);
        return drafts;
    }

    /** A token was computed and not offered. */
    private static void unlikely(ModelDrafts answer) {
        answer.begin(1);
        answer.verified(0, 0);
    }

    @Test
    void choose_nothingKnown_isAStepWithoutDrafts() {
        assertThat(step(answers(4), 4, 8)).isZero();
    }

    @Test
    void choose_draftsThatAreRight_areLong() {
        List<AnswerDrafts> answers = answers(4);
        int last = 0;
        for (int i = 0; i < 100; i++) {
            last = Math.max(step(answers, 4, 8), i < 90 ? 0 : last);
        }
        assertThat(last).isEqualTo(4 * 8);
    }

    @Test
    void choose_draftsThatAreWrong_endAfterAFewOfOneAnswer() {
        List<AnswerDrafts> answers = answers(4);
        int drafted = 0;
        for (int i = 0; i < 100; i++) {
            int drafts = step(answers, 4, 0);
            assertThat(drafts).isLessThanOrEqualTo(1);
            drafted += drafts;
        }
        assertThat(drafted).isBetween(1, 20);
    }

    @Test
    void choose_draftsInAllSteps_stepsWithoutAreMeasuredAgain() {
        List<AnswerDrafts> answers = answers(4);
        int without = 0;
        for (int i = 0; i < 1000; i++) {
            int drafts = step(answers, 4, 8);
            without += i >= 200 && drafts == 0 ? 1 : 0;
        }
        assertThat(without).isBetween(4, 16);
    }

    /** What a step without drafts takes was measured while something else computed. */
    @Test
    void choose_stepsWithoutDraftsThatSeemSlower_areNoReasonForWrongDrafts() {
        List<AnswerDrafts> answers = answers(4);
        for (int i = 0; i < 3; i++) {
            worth.stepComputed(4, 0, 100 * MILLI);
            worth.stepComputed(4, 1, 50 * MILLI);
            worth.round(1, MILLI);
            answers.forEach(answer -> answer.verified(8, 0));
        }
        worth.owes(1e12);
        worth.choose(answers, 4);
        assertThat(worth.answers()).isZero();
    }

    @Test
    void choose_aTrialDuringAHiccup_isNotTheLastOne() {
        List<AnswerDrafts> answers = answers(4);
        for (int i = 0; i < 10; i++) {
            step(answers, 4, 0);
        }
        worth.owes(10_000 * MILLI);
        int drafted = 0;
        for (int i = 0; i < 4000; i++) {
            drafted += step(answers, 4, 0);
        }
        assertThat(drafted).isPositive();
    }

    @Test
    void choose_tokensThatAreNeverOffered_areSeldomTried() {
        ModelDrafts answer = answer(10);
        List<AnswerDrafts> answers = new ArrayList<>(List.of(answer));
        int drafted = 0;
        for (int i = 0; i < 300; i++) {
            worth.choose(answers, 1);
            if (worth.answers() > 0) {
                drafted++;
                worth.round(1, MILLI);
                unlikely(answer);
            }
            worth.stepComputed(1, worth.answers() * worth.length(), 11 * MILLI);
        }
        assertThat(drafted).isBetween(1, 40);
    }

    @Test
    void choose_answersWithoutDrafts_waitNoLongerThanTheSlowdown() {
        List<AnswerDrafts> answers = answers(2);
        for (int i = 0; i < 200; i++) {
            step(answers, 3, 8);
            double nanos = (10 + 3 + worth.answers() * worth.length() + worth.length()) * MILLI;
            assertThat(nanos).isLessThanOrEqualTo(3.2 * 13 * MILLI);
        }
        DraftWorth strict = new DraftWorth(1.1);
        for (int i = 0; i < 10; i++) {
            strict.stepComputed(3, 0, 10 * MILLI);
            strict.stepComputed(3, 2, 12 * MILLI);
            strict.round(1, 2 * MILLI);
            strict.round(2, 2 * MILLI);
        }
        answers.forEach(answer -> answer.verified(8, 8));
        strict.choose(answers, 3);
        assertThat(strict.answers()).as("of 3 answers, 1 waits").isZero();
    }

    /** Texts that repeat themselves cost no time before the step. */
    @Test
    void choose_bothKindsAsOftenRight_draftsFromTextsWhereTheModelIsSlow() {
        List<AnswerDrafts> texts = List.of(repeating(), repeating());
        for (int i = 0; i < 200; i++) {
            List<AnswerDrafts> candidates = answers(2);
            candidates.forEach(answer -> answer.verified(8, 8));
            candidates.addAll(texts);
            worth.choose(candidates, 4);
            int byModel = 0;
            for (AnswerDrafts answer : candidates.subList(0, worth.answers())) {
                byModel += answer.byModel() ? 1 : 0;
                answer.verified(worth.length(), worth.length());
            }
            if (byModel > 0) {
                worth.round(byModel, 40 * MILLI);
            }
            int drafts = worth.answers() * worth.length();
            worth.stepComputed(4, drafts, (14 + drafts) * MILLI);
            if (i >= 150 && !worth.tries()) {
                assertThat(byModel).isZero();
                assertThat(drafts).isEqualTo(2 * 8);
            }
        }
    }

    private NGramDrafts repeating() {
        NGramDrafts text = new NGramDrafts(planner, 1, 8, true, new int[] {1, 1}, 1000);
        for (int i = 0; i < 100; i++) {
            text.add(1);
        }
        text.room(8);
        return text;
    }

    @Test
    void unlikely_countsAsWrong() {
        ModelDrafts answer = answer(10);
        answer.verified(4, 4);
        for (int i = 0; i < 20; i++) {
            unlikely(answer);
        }
        assertThat(answer.right(1)).isLessThan(0.2);
    }

    @Test
    void paysToRead_aLongPromptBeforeAShortAnswer_isFalse() {
        for (int i = 0; i < 40; i++) {
            step(answers(1), 1, 8);
        }
        ModelDrafts other = answer(4000);
        other.verified(8, 8);
        worth.read(100, 100 * MILLI);
        assertThat(worth.paysToRead(other, 4000, 1)).isFalse();
        assertThat(worth.paysToRead(other, 20, 1)).isTrue();
        worth.owes(1e12);
        assertThat(worth.triesToRead(other, 20, 1)).as("something is owed").isFalse();
    }

    /** What was measured while something else computed ended drafting for good. */
    @Test
    void triesToRead_whatWasReadSlowlyOnce_isReadAgain() {
        for (int i = 0; i < 3; i++) {
            step(answers(1), 1, 8);
        }
        worth.read(32, 32 * 0.5 * MILLI);
        int refused = 0;
        while (refused < 5000 && !worth.triesToRead(answer(500), 500, 1)) {
            refused++;
            worth.stepComputed(1, 0, 11 * MILLI);
        }
        assertThat(refused).isBetween(1, 4999);
    }

    @Test
    void paysToRead_afterAHiccupAndASmallBatch_isAsBefore() {
        for (int i = 0; i < 40; i++) {
            step(answers(1), 1, 8);
        }
        ModelDrafts other = answer(20);
        other.verified(8, 8);
        worth.read(100, 100 * MILLI);
        worth.read(100, 100_000 * MILLI);
        worth.read(2, 1000 * MILLI);
        assertThat(worth.paysToRead(other, 20, 1)).isTrue();
    }

    @Test
    void readable_isAStepOfReading_andWithinTheSlowdown() {
        assertThat(worth.readable(1, 32, 512)).as("nothing is known").isEqualTo(32);
        DraftWorth strict = new DraftWorth(1.5);
        for (DraftWorth each : new DraftWorth[] {worth, strict}) {
            each.stepComputed(1, 0, 10 * MILLI);
            each.stepComputed(1, 0, 10 * MILLI);
            each.read(32, 3.2 * MILLI);
        }
        assertThat(worth.readable(1, 32, 512)).isEqualTo(100);
        assertThat(worth.readable(1, 32, 64)).isEqualTo(64);
        assertThat(strict.readable(1, 32, 512)).isEqualTo(50);
    }

    @Test
    void acceptanceRate_countsUpToTheFirstWrongToken() {
        AcceptanceRate all = new AcceptanceRate(1, null);
        AcceptanceRate rate = new AcceptanceRate(1, null);
        assertThat(rate.rate()).isZero();
        rate.verified(8, 3); // 3 right, 1 wrong, 4 that say nothing
        assertThat(rate.rate()).isEqualTo(0.75);
        rate.verified(4, 4);
        assertThat(rate.rate()).isEqualTo(7 / 8.0);
        assertThat(rate.hoped()).isEqualTo(8.5 / 10);
        new AcceptanceRate(1, all).verified(8, 7);
        assertThat(new AcceptanceRate(1, all).rate()).as("others").isEqualTo(7 / 8.0);
    }
}
