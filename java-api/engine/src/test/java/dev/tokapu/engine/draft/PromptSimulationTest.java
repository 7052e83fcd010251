package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Thorough;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Drafts of a model with a prompt before each answer: what they and reading bring beside no drafts, and beside reading all and the best number of tokens. */
class PromptSimulationTest {

    private static final int SEEDS = Thorough.cases(50, 2, 2);
    private static final List<Integer> PROMPTS = Thorough.some(List.of(50, 500, 4000), 2, 2); // some: 50, 500

    /**
     * As many tokens as without drafts, and near what the best number brings, on average: what a run finds out is chance, and reading takes its time.
     * Some drafts pay for many answers only together, and many answers are seldom read at once; to find out about long prompts takes longer than this.
     */
    @Test
    void drafts_neverCost_andTakeWhatThereIs() {
        List<String> bad = new ArrayList<>();
        for (SimulatedMachine machine : SimulatedMachine.ALL) {
            for (int users : new int[] {1, 4, 16}) {
                for (int prompt : PROMPTS) {
                    for (double right : new double[] {0, 0.5, 0.9, 1, -1}) {
                        double least = 1;
                        double none = 0;
                        double best = 0;
                        for (int seed = 0; seed < SEEDS; seed++) {
                            PromptSimulation run = new PromptSimulation(machine, users, prompt, right, seed);
                            run.run();
                            least = Math.min(least, run.besideNone());
                            none += run.besideNone() / SEEDS;
                            best += run.besideBest() / SEEDS;
                        }
                        double wanted = prompt > 500 ? 0 : users == 16 ? 0.75 : 0.85;
                        if (least < 0.94 || none < 0.97 || best < wanted) {
                            bad.add(String.format(
                                    Locale.ROOT,
                                    "%s, %d users, prompts of %d, %.1f right: at least %.3f of none, on average %.3f, and %.3f of the best",
                                    machine.name(),
                                    users,
                                    prompt,
                                    right,
                                    least,
                                    none,
                                    best));
                        }
                    }
                }
            }
        }
        assertThat(bad).isEmpty();
    }

    /** Nothing was read any more, so that nothing was tried any more. */
    @Test
    void drafts_thatWereWrongForLong_areFoundToBeRight() {
        for (SimulatedMachine machine : SimulatedMachine.ALL) {
            for (int users : new int[] {1, 4}) {
                PromptSimulation run = new PromptSimulation(machine, users, 50, 0, 1);
                run.run();
                run.turn(1);
                run.run();
                assertThat(run.besideBest())
                        .as("%s, %d users", machine.name(), users)
                        .isGreaterThan(0.85);
            }
        }
    }
}
