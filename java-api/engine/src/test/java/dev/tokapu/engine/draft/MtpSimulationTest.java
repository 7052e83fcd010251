package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Thorough;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Drafts of MTP heads on simulated machines: what they bring beside no drafts, when the heads have to read what each step computed. */
class MtpSimulationTest {

    private static final int STEPS = 1200;
    private static final int MOST = 4;
    private static final int SEEDS = Thorough.cases(50, 2, 2);

    /** Answers of a machine, each of them with drafts that are right with a probability of its own. */
    private static final class Simulation {

        private final SimulatedMachine machine;
        private final Random random;
        private final DraftPlanner planner = new DraftPlanner(3);
        private final DraftWorth worth = planner.worth();
        private final List<ModelDrafts> answers = new ArrayList<>();
        private final List<ModelDrafts> read = new ArrayList<>();
        private final List<Double> rights = new ArrayList<>();
        private int tried;
        private double readNanos;
        private double time;
        private double without;

        Simulation(SimulatedMachine machine, long seed) {
            this.machine = machine;
            this.random = new Random(seed);
            worth.read(ReadingTime.LEAST, machine.reading(ReadingTime.LEAST) * 1e6);
        }

        void users(int count, double right) {
            while (answers.size() > count) {
                int leaves = random.nextInt(answers.size());
                rights.remove(leaves);
                worth.leaves(answers.remove(leaves));
            }
            while (answers.size() < count) {
                answers.add(new ModelDrafts(planner, MOST, 0, true, new int[20], 100_000));
                rights.add(right < 0 ? random.nextDouble() : right);
            }
        }

        void step() {
            int n = answers.size();
            List<AnswerDrafts> candidates = new ArrayList<>(read);
            candidates.retainAll(answers);
            candidates.forEach(answer -> answer.room(MOST));
            worth.begins(n, true);
            worth.choose(candidates, n);
            int k = worth.answers();
            int length = k == 0 ? 0 : worth.length();
            time += machine.step(n, n + k * length);
            if (length > 1) { // the first token is known from reading
                double measured = machine.round(k) * SimulatedMachine.noise(random);
                time += (length - 1) * machine.round(k);
                worth.round(k, measured * 1e6);
                worth.owes(worth.tries() ? (length - 1) * measured * 1e6 : 0);
            }
            worth.readInVain(readNanos * Math.max(tried, read.size() - k));
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
            without += tokens * machine.step(n, n) / n;
            read(n);
        }

        private void read(int n) {
            tried = 0;
            readNanos = 0;
            read.clear();
            for (ModelDrafts answer : answers) {
                if (worth.paysToFeed(answer, 1, n)) {
                    read.add(answer);
                } else if (worth.triesToRead(answer, 1, n)) {
                    read.add(answer);
                    tried++;
                }
            }
            if (!read.isEmpty()) {
                double nanos = machine.round(read.size()) * SimulatedMachine.noise(random) * 1e6;
                time += machine.round(read.size());
                worth.round(read.size(), nanos);
                readNanos = nanos / read.size();
            }
        }
    }

    @Test
    void heads_neverCost() {
        List<String> bad = new ArrayList<>();
        for (SimulatedMachine machine : SimulatedMachine.ALL) {
            for (int users : new int[] {1, 4, 16, 64, -8, -64}) {
                for (double right : new double[] {0, 0.3, 0.5, 0.7, 0.9, 1, -1}) {
                    double none = Double.MAX_VALUE;
                    double most = 0;
                    for (int seed = 0; seed < SEEDS; seed++) {
                        Simulation run = new Simulation(machine, seed);
                        SimulatedUsers.run(users, seed, STEPS, count -> run.users(count, right), step -> run.step());
                        none = Math.min(none, run.without / run.time);
                        most = Math.max(most, run.without / run.time);
                    }
                    if (none < 0.97) {
                        bad.add(String.format(
                                Locale.ROOT,
                                "%s, %d users, %.1f right: %.3f to %.3f",
                                machine.name(),
                                users,
                                right,
                                none,
                                most));
                    }
                }
            }
        }
        assertThat(bad).isEmpty();
    }
}
