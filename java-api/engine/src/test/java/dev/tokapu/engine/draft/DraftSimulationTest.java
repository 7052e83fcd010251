package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Thorough;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Drafts on simulated machines: what they bring beside no drafts, and beside the best number of tokens for all. */
class DraftSimulationTest {

    private static final int STEPS = 1200;
    private static final int LEARNING = 200; // steps
    private static final int MOST = 8;
    private static final int SEEDS = Thorough.cases(50, 2, 2);

    /** A machine, with times in milliseconds. */
    private record Machine(String name, Steps steps, Rounds rounds) {

        interface Steps {
            double millis(int answers, int tokens);
        }

        interface Rounds {
            double millis(int answers);
        }
    }

    /** As measured with 8B Q4_0: kernels for few columns end at 8 tokens. */
    private static double h200(int answers, int tokens) {
        double plain = line(answers, 1, 3.4, 4, 4.7, 16, 8.9, 64, 20);
        if (tokens == answers) {
            return plain;
        }
        return Math.max(plain, line(tokens, 1, 3.4, 8, 5, 9, 10.9, 36, 22, 144, 44, 576, 120));
    }

    private static double line(int x, double... points) {
        int i = 2;
        while (i < points.length - 2 && points[i] < x) {
            i += 2;
        }
        double part = (x - points[i - 2]) / (points[i] - points[i - 2]);
        return points[i - 1] + part * (points[i + 1] - points[i - 1]);
    }

    private static final List<Machine> MACHINES = List.of(
            new Machine("H200, 4 layers", DraftSimulationTest::h200, n -> line(n, 1, 1.2, 16, 8, 64, 24)),
            new Machine("H200, 1 layer", DraftSimulationTest::h200, n -> line(n, 1, 0.4, 16, 2, 64, 6)),
            new Machine("two cores", (n, t) -> 5 + 5 * t, n -> 0.5 + 0.5 * n),
            new Machine("two cores, itself", (n, t) -> 5 + 5 * t, n -> 5 + 5 * n),
            new Machine("free up to 8", (n, t) -> 10 * Math.max(1, t / 8.0), n -> 0.5 * Math.max(1, n / 8.0)));

    /** Answers of a machine, each of them with drafts that are right with a probability of its own. */
    private static final class Simulation {

        private final Machine machine;
        private final Random random;
        private final DraftWorth worth = new DraftWorth(3);
        private final List<ModelDrafts> answers = new ArrayList<>();
        private final List<Double> rights = new ArrayList<>();
        private final double[] fixed = new double[MOST + 1]; // milliseconds, with so many drafts in each step
        private double time;
        private double without;
        private double learnt;

        Simulation(Machine machine, long seed) {
            this.machine = machine;
            this.random = new Random(seed);
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

        double noise() {
            return (1 + 0.03 * random.nextGaussian()) * (random.nextInt(200) == 0 ? 4 : 1);
        }

        void step(boolean counts) {
            int n = answers.size();
            List<ModelDrafts> candidates = new ArrayList<>(answers);
            candidates.forEach(answer -> answer.room(MOST));
            worth.choose(candidates, n);
            int k = worth.answers();
            int length = k == 0 ? 0 : worth.length();
            double took = machine.steps.millis(n, n + k * length);
            if (length > 0) {
                double round = machine.rounds.millis(k);
                double measured = round * noise();
                took += length * round;
                worth.round(k, measured * 1e6);
                if (worth.tries()) {
                    worth.owes(length * measured * 1e6);
                }
            }
            double tokens = n;
            for (int i = 0; i < k; i++) {
                double right = rights.get(answers.indexOf(candidates.get(i)));
                int good = 0;
                while (good < length && random.nextDouble() < right) {
                    good++;
                }
                worth.verified(candidates.get(i), length, good);
                tokens += expected(right, length);
            }
            worth.stepComputed(n, k * length, machine.steps.millis(n, n + k * length) * noise() * 1e6);
            answers.forEach(answer -> answer.add(1));
            time += took;
            without += tokens * machine.steps.millis(n, n) / n;
            if (counts) {
                learnt += took;
                for (int most = 0; most <= MOST; most++) {
                    fixed[most] += tokens * millisOfToken(n, most);
                }
            }
        }

        private static double expected(double right, int length) {
            double next = 1;
            double tokens = 0;
            for (int i = 0; i < length; i++) {
                next *= right;
                tokens += next;
            }
            return tokens;
        }

        private double millisOfToken(int n, int length) {
            double tokens = n;
            for (double right : rights) {
                tokens += expected(right, length);
            }
            double rounds = length == 0 ? 0 : length * machine.rounds.millis(n);
            return (machine.steps.millis(n, n * (1 + length)) + rounds) / tokens;
        }

        double besideNone() {
            return without / time;
        }

        double besideBest() {
            return Arrays.stream(fixed).min().orElseThrow() / learnt;
        }
    }

    @SuppressWarnings("NullAway") // no runner
    private static ModelDrafts answer() {
        return new ModelDrafts(null, MOST, 0, true, new int[20], 100_000);
    }

    private static Simulation simulate(Machine machine, int users, double right, long seed) {
        Simulation simulation = new Simulation(machine, seed);
        Random random = new Random(seed);
        int now = Math.abs(users);
        for (int step = 0; step < STEPS; step++) {
            if (users < 0) { // they come and go
                if (random.nextInt(8) == 0) {
                    now = Math.max(1, Math.min(-users, now + (random.nextBoolean() ? 1 : -1)));
                }
                simulation.users(Math.max(0, now - 1), right);
            } else if (step % Math.max(1, 128 / users) == 0) {
                simulation.users(now - 1, right);
            }
            simulation.users(now, right);
            simulation.step(step >= LEARNING);
        }
        return simulation;
    }

    /** In each run no less than without; what a run finds out of the best number is chance, so that is an average. */
    @Test
    void drafts_neverCost_andTakeWhatThereIs() {
        List<String> bad = new ArrayList<>();
        for (Machine machine : MACHINES) {
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
