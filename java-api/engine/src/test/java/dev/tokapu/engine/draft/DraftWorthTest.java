package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Decisions about drafts on a simulated clock: a step of the model takes 10 ms and 1 ms for each further token. */
class DraftWorthTest {

    private static final double BASE = 10e6;
    private static final double TOKEN = 1e6;

    /** Answers that never reach a context: {@link DraftWorth} only reads them. */
    @SuppressWarnings("NullAway") // no runner
    private static ModelDrafts answer(int prompt) {
        return new ModelDrafts(null, 8, 0, true, new int[prompt], 1000);
    }

    /** Generates answers, one after the other. */
    private static final class Simulation {

        final DraftWorth worth = new DraftWorth();
        double time;
        int drafted;
        int accepted;

        /**
         * Generates an answer.
         *
         * @param right drafted tokens of each draft that are right, at most
         * @param draftToken what the draft model takes for a token
         */
        int generate(ModelDrafts answer, int tokens, int right, double draftToken) {
            int missing = answer.known().size();
            int steps = 0;
            for (int made = 0; made < tokens; steps++) {
                int length = worth.length(answer, missing, 1);
                if (length > 0) {
                    double read = missing > 8 ? missing * draftToken / 2 : 0;
                    if (read > 0) {
                        worth.read(missing, read);
                    }
                    worth.drafted(length, length * draftToken);
                    time += read + length * draftToken;
                    if (worth.isTried(answer)) {
                        worth.owes(read + length * draftToken);
                    }
                    missing = 1;
                } else {
                    missing++;
                }
                double step = BASE + TOKEN * length;
                time += step;
                worth.stepComputed(1 + length, step);
                int good = Math.min(right, length);
                if (length > 0) {
                    worth.verified(answer, length, good);
                }
                drafted += length;
                accepted += good;
                for (int i = 0; i <= good; i++) {
                    answer.add(1);
                    made++;
                }
            }
            worth.leaves(answer);
            return steps;
        }
    }

    @Test
    void draftsThatAreRight_areLong_andPay() {
        Simulation simulation = new Simulation();
        int steps = simulation.generate(answer(10), 1000, 8, 1e6);
        assertThat(steps).isLessThan(160);
        assertThat(simulation.accepted).isEqualTo(simulation.drafted);
    }

    @Test
    void draftsThatAreWrong_end_andCostLittle() {
        Simulation simulation = new Simulation();
        simulation.generate(answer(10), 1000, 0, 1e6);
        assertThat(simulation.drafted).isBetween(2, DraftWorth.TRIALS * DraftWorth.TRIAL * 2);
        assertThat(simulation.time).isLessThan(1.03 * 1000 * BASE);
    }

    @Test
    void manyAnswersWithWrongDrafts_costLittleTogether() {
        Simulation simulation = new Simulation();
        int tokens = 0;
        for (int i = 0; i < 100; i++) {
            simulation.generate(answer(200), 128, 0, 2e6);
            tokens += 128;
        }
        double plain = tokens * BASE;
        assertThat(simulation.time / plain).isLessThan(1.03);
    }

    @Test
    void tokensThatAreNotOffered_endATrial() {
        DraftWorth worth = new DraftWorth();
        ModelDrafts answer = answer(10);
        assertThat(worth.length(answer, 1, 1)).isEqualTo(2);
        for (int i = 0; i < DraftWorth.TRIAL; i++) {
            assertThat(worth.isTried(answer)).isTrue();
            worth.unlikely(answer);
        }
        assertThat(worth.isTried(answer)).isFalse();
        worth.owes(1);
        assertThat(worth.length(answer, 1, 1)).isZero();
        assertThat(worth.length(answer(10), 1, 1)).isZero();
    }

    @Test
    void draftsThatMostlyEndBeforeTheirFirstToken_end() {
        DraftWorth worth = new DraftWorth();
        ModelDrafts answer = answer(10);
        for (int i = 0; i < 20; i++) {
            worth.stepComputed(1 + i % 2, BASE + TOKEN * (1 + i % 2));
        }
        worth.drafted(10, 10 * TOKEN);
        worth.length(answer, 1, 1);
        worth.verified(answer, 8, 8);
        assertThat(worth.length(answer, 1, 1)).isEqualTo(8);
        worth.owes(BASE);
        int drafts = 0;
        while (worth.length(answer, 1, 1) > 0) {
            if (++drafts % 10 == 0) {
                worth.verified(answer, 1, 1);
            }
            worth.unlikely(answer);
            assertThat(drafts).isLessThan(100);
        }
    }

    @Test
    void trialOfAnAnswerThatIsNotDrafted_letsAnotherOneBegin() {
        DraftWorth worth = new DraftWorth();
        ModelDrafts waits = answer(10);
        ModelDrafts other = answer(10);
        assertThat(worth.length(waits, 1, 2)).isPositive();
        assertThat(worth.length(other, 1, 2)).isZero();
        worth.endTrial(other);
        assertThat(worth.length(other, 1, 2)).as("another one is tried").isZero();
        worth.endTrial(waits);
        assertThat(worth.length(other, 1, 2)).isPositive();
        worth.endPausedTrial();
        assertThat(worth.isTried(other)).as("it has no sequence").isFalse();
    }

    @Test
    void draftsOfManyAnswers_areShorter() {
        DraftWorth worth = new DraftWorth();
        for (int i = 0; i < 40; i++) {
            worth.stepComputed(1 + i % 8, BASE + TOKEN * (1 + i % 8));
        }
        worth.drafted(10, 10 * TOKEN);
        ModelDrafts answer = answer(10);
        worth.length(answer, 1, 1);
        for (int i = 0; i < 20; i++) {
            worth.verified(answer, 8, 7);
        }
        int alone = worth.length(answer, 1, 1);
        int beside = worth.length(answer, 1, 6);
        assertThat(alone).isGreaterThan(beside);
        worth.owes(BASE * 100);
        assertThat(worth.length(answer, 1, 64))
                .as("a token costs more than it can save")
                .isZero();
    }

    /** The model itself as its draft model: always right, and never worth it. */
    @Test
    void draftsThatCostMoreThanTheySave_end() {
        Simulation simulation = new Simulation();
        for (int i = 0; i < 50; i++) {
            simulation.generate(answer(20), 200, 8, BASE);
        }
        assertThat(simulation.time / (50 * 200 * BASE)).isLessThan(1.03);
    }

    @Test
    void draftsThatGetRight_areFound() {
        Simulation simulation = new Simulation();
        for (int i = 0; i < 20; i++) {
            simulation.generate(answer(20), 200, 0, 1e6);
        }
        int before = simulation.drafted;
        for (int i = 0; i < 40; i++) {
            simulation.generate(answer(20), 200, 8, 1e6);
        }
        assertThat(simulation.accepted).isGreaterThan(1000);
        assertThat(before).isLessThan(20 * 50);
    }

    @Test
    void longPromptBeforeAShortAnswer_isNotRead() {
        Simulation simulation = new Simulation();
        for (int i = 0; i < 20; i++) {
            simulation.generate(answer(20), 20, 8, 1e6);
        }
        ModelDrafts answer = answer(4000);
        simulation.worth.owes(1e9);
        assertThat(simulation.worth.length(answer, 4000, 1)).isZero();
        assertThat(simulation.worth.length(answer, 20, 1)).isPositive();
    }

    @Test
    void readable_isAStepOfReading() {
        DraftWorth worth = new DraftWorth();
        assertThat(worth.readable(1, 32, 512)).as("nothing is known").isEqualTo(32);
        for (int i = 0; i < 10; i++) {
            worth.stepComputed(1, 10e6);
        }
        worth.read(32, 3.2e6);
        assertThat(worth.readable(1, 32, 512)).isEqualTo(100);
        worth.read(512, 1e6);
        assertThat(worth.readable(1, 32, 512)).isBetween(101, 512);
    }

    @Test
    void stepCost_isALine() {
        StepCost cost = new StepCost();
        for (int i = 0; i < 40; i++) {
            int tokens = 1 + i % 5;
            cost.computed(tokens, BASE + TOKEN * tokens);
        }
        assertThat(cost.token()).isEqualTo(TOKEN, within(1.0));
        assertThat(cost.step(10)).isEqualTo(BASE + 10 * TOKEN, within(100.0));
    }

    @Test
    void stepCost_ofStepsAlike_isGuessed() {
        StepCost cost = new StepCost();
        for (int i = 0; i < 40; i++) {
            cost.computed(4, 8e6);
        }
        assertThat(cost.token()).isEqualTo(0.2e6, within(1.0));
    }

    @Test
    void acceptanceRate_countsUpToTheFirstWrongToken() {
        AcceptanceRate rate = new AcceptanceRate(1);
        assertThat(rate.rate()).isZero();
        rate.verified(8, 3); // 3 right, 1 wrong, 4 that say nothing
        assertThat(rate.rate()).isEqualTo(0.75);
        rate.verified(4, 4);
        assertThat(rate.tried()).isEqualTo(8);
        assertThat(rate.rate()).isEqualTo(7 / 8.0);
    }
}
