package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Thorough;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Drafts of a model on simulated machines: what they bring beside no drafts, and beside the best number of tokens for all. */
class DraftSimulationTest {

    private static final int STEPS = 1200;
    private static final int LEARNING = 200; // steps
    private static final int MOST = 8;
    private static final int SEEDS = Thorough.cases(50, 2, 2);

    /** Answers of a machine, each of them with drafts that are right with a probability of its own. */
    private static final class Simulation {

        private final SimulatedMachine machine;
        private final Random random;
        private final DraftPlanner planner = new DraftPlanner(3);
        private final DraftWorth worth = planner.worth();
        private final List<ModelDrafts> answers = new ArrayList<>();
        private final List<Double> rights = new ArrayList<>();
        private final double[] fixed = new double[MOST + 1]; // milliseconds, with so many drafts in each step
        private double time;
        private double without;
        private double learnt;

        Simulation(SimulatedMachine machine, long seed) {
            this.machine = machine;
            this.random = new Random(seed);
        }

        private ModelDrafts answer() {
            return new ModelDrafts(planner, MOST, 0, true, new int[20], 100_000);
        }

        void users(int count, double right) {
            while (answers.size() > count) {
                int leaves = random.nextInt(answers.size());
                rights.remove(leaves);
                worth.leaves(answers.remove(leaves));
            }
            while (answers.size() < count) {
                answers.add(answer());
                rights.add(right < 0 ? random.nextDouble() : right);
            }
        }

        void step(boolean counts) {
            int n = answers.size();
            List<AnswerDrafts> candidates = new ArrayList<>(answers);
            candidates.forEach(answer -> answer.room(MOST));
            worth.choose(candidates, n);
            int k = worth.answers();
            int length = k == 0 ? 0 : worth.length();
            double took = machine.step(n, n + k * length);
            if (length > 0) {
                double round = machine.round(k);
                double measured = round * SimulatedMachine.noise(random);
                took += length * round;
                worth.round(k, measured * 1e6);
                if (worth.tries()) {
                    worth.owes(length * measured * 1e6);
                }
            }
            double tokens = n;
            for (int i = 0; i < k; i++) {
                double right = rights.get(answers.indexOf((ModelDrafts) candidates.get(i)));
                int good = 0;
                while (good < length && random.nextDouble() < right) {
                    good++;
                }
                candidates.get(i).verified(length, good);
                tokens += SimulatedMachine.expected(right, length);
            }
            worth.stepComputed(n, k * length, machine.step(n, n + k * length) * SimulatedMachine.noise(random) * 1e6);
            answers.forEach(answer -> answer.add(1));
            time += took;
            without += tokens * machine.step(n, n) / n;
            if (counts) {
                learnt += took;
                for (int most = 0; most <= MOST; most++) {
                    fixed[most] += tokens * millisOfToken(n, most);
                }
            }
        }

        private double millisOfToken(int n, int length) {
            double tokens = n;
            for (double right : rights) {
                tokens += SimulatedMachine.expected(right, length);
            }
            double rounds = length == 0 ? 0 : length * machine.round(n);
            return (machine.step(n, n * (1 + length)) + rounds) / tokens;
        }

        double besideNone() {
            return without / time;
        }

        double besideBest() {
            return Arrays.stream(fixed).min().orElseThrow() / learnt;
        }
    }

    private static Simulation simulate(SimulatedMachine machine, int users, double right, long seed) {
        Simulation simulation = new Simulation(machine, seed);
        SimulatedUsers.run(
                users, seed, STEPS, count -> simulation.users(count, right), step -> simulation.step(step >= LEARNING));
        return simulation;
    }

    /** In each run no less than without; what a run finds out of the best number is chance, so that is an average. */
    @Test
    void drafts_neverCost_andTakeWhatThereIs() {
        List<String> bad = new ArrayList<>();
        for (SimulatedMachine machine : SimulatedMachine.ALL) {
            for (int users : new int[] {1, 2, 4, 8, 16, 64, -8, -64}) {
                for (double right : new double[] {0, 0.3, 0.5, 0.7, 0.9, 1, -1}) {
                    double none = 1;
                    double best = 0;
                    for (int seed = 0; seed < SEEDS; seed++) {
                        Simulation run = simulate(machine, users, right, seed);
                        none = Math.min(none, run.besideNone());
                        best += run.besideBest() / SEEDS;
                    }
                    if (none < 0.97 || best < 0.95) {
                        bad.add(String.format(
                                Locale.ROOT,
                                "%s, %d users, %.1f right: at least %.3f of none, on average %.3f of the best",
                                machine.name(),
                                users,
                                right,
                                none,
                                best));
                    }
                }
            }
        }
        assertThat(bad).isEmpty();
    }
}
