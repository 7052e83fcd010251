package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Thorough;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Drafts of MTP heads on simulated machines: what they bring beside no drafts and the best number, when the heads have to read prompts and what each step computed. */
class MtpSimulationTest {

    private static final int STEPS = 1200;
    private static final int LEARNING = 200; // of them
    private static final int MOST = 4;
    private static final List<Integer> PROMPTS = Thorough.some(List.of(0, 500, 4000), 2, 2); // some: 0, 500
    private static final int CHUNK = 512; // tokens of a prompt in a step
    private static final int SEEDS = Thorough.cases(50, 2, 2);

    /** Answers of a machine, each of them with drafts that are right with a probability of its own. */
    private static final class Simulation {

        private final SimulatedMachine machine;
        private final int prompt;
        private final Random random;
        private final DraftPlanner planner = new DraftPlanner(3);
        private final DraftWorth worth = planner.worth();
        private final List<ModelDrafts> answers = new ArrayList<>();
        private final List<ModelDrafts> read = new ArrayList<>();
        private final List<Double> rights = new ArrayList<>();
        private int tried;
        private double readNanos;
        private final double[] fixed = new double[MOST + 1]; // milliseconds, with so many drafts in each step
        private int steps;
        private double time;
        private double without;
        private double learnt;

        Simulation(SimulatedMachine machine, int prompt, long seed) {
            this.machine = machine;
            this.prompt = prompt;
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
                prompt(answers.get(answers.size() - 1));
            }
        }

        /** Steps with parts of a prompt, whose time is nobody's choice; what the heads read is. */
        private void prompt(ModelDrafts answer) {
            int n = Math.max(1, answers.size() - 1);
            int missing = steps == 0 ? 0 : prompt;
            for (int tokens; missing > 0; missing -= tokens) {
                tokens = Math.min(CHUNK, missing);
                worth.begins(n, false);
                worth.choose(new ArrayList<>(), n);
                boolean tries = !worth.paysToFeedPrompt(answer, tokens, missing, n);
                if (tries && !worth.triesToRead(answer, missing, n)) {
                    continue;
                }
                double measured = machine.reading(tokens) * SimulatedMachine.noise(random) * 1e6;
                worth.read(tokens, measured);
                if (tries) {
                    worth.begunToRead(answer, missing);
                    worth.owesReading(tokens, measured);
                }
                spend(machine.reading(tokens));
            }
            if (steps >= LEARNING) {
                for (int most = 1; most <= MOST && prompt > 0; most++) {
                    fixed[most] += machine.reading(prompt);
                }
            }
        }

        private void spend(double millis) {
            time += millis;
            learnt += steps >= LEARNING ? millis : 0;
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
            spend(machine.step(n, n + k * length));
            if (length > 1) { // the first token is known from reading
                double measured = machine.round(k) * SimulatedMachine.noise(random);
                spend((length - 1) * machine.round(k));
                worth.round(k, measured * 1e6);
                worth.owes(worth.tries() ? (length - 1) * measured * 1e6 : 0);
            }
            worth.readInVain(n, readNanos * Math.max(tried, read.size() - k));
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
            for (int most = 0; most <= MOST && steps >= LEARNING; most++) {
                fixed[most] += tokens * millisOfToken(n, most);
            }
            read(n);
            steps++;
        }

        private double millisOfToken(int n, int length) {
            double tokens = n;
            for (double right : rights) {
                tokens += SimulatedMachine.expected(right, length);
            }
            return (machine.step(n, n * (1 + length)) + (length == 0 ? 0 : length * machine.round(n))) / tokens;
        }

        double besideNone() {
            return without / time;
        }

        double besideBest() {
            return Arrays.stream(fixed).min().orElseThrow() / learnt;
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
                spend(machine.round(read.size()));
                worth.round(read.size(), nanos);
                readNanos = nanos / read.size();
            }
        }
    }

    private static Simulation simulate(SimulatedMachine machine, int prompt, int users, double right, long seed) {
        Simulation run = new Simulation(machine, prompt, seed);
        SimulatedUsers.run(users, seed, STEPS, count -> run.users(count, right), step -> run.step());
        return run;
    }

    /**
     * After a long prompt, read in vain but for its last part, nothing was drafted any more. Where answers come and go, the best number is not always found in
     * so few steps, as what is read in vain is a debt: that bound is for each run of users, the other one for all of them.
     */
    @Test
    void heads_neverCost_andTakeWhatThereIs() {
        List<String> bad = new ArrayList<>();
        double all = 0;
        int runs = 0;
        for (SimulatedMachine machine : SimulatedMachine.ALL) {
            for (int prompt : PROMPTS) {
                for (int users : new int[] {1, 4, 16, 64, -8, -64}) {
                    for (double right : new double[] {0, 0.3, 0.5, 0.7, 0.9, 1, -1}) {
                        double least = Double.MAX_VALUE;
                        double none = 0;
                        double best = 0;
                        for (int seed = 0; seed < SEEDS; seed++) {
                            Simulation run = simulate(machine, prompt, users, right, seed);
                            least = Math.min(least, run.besideNone());
                            none += run.besideNone() / SEEDS;
                            best += run.besideBest() / SEEDS;
                        }
                        all += best;
                        runs++;
                        if (least < 0.94 || none < 0.97 || best < 0.65) {
                            bad.add(String.format(
                                    Locale.ROOT,
                                    "%s, prompts of %d, %d users, %.1f right: at least %.3f of none, on average %.3f, and %.3f of the best",
                                    machine.name(),
                                    prompt,
                                    users,
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
        assertThat(all / runs).isGreaterThan(0.95);
    }
}
