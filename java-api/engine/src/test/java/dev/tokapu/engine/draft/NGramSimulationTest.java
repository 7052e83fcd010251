package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.internal.util.IntList;
import dev.tokapu.testsupport.Thorough;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Drafts from texts on simulated machines: what they bring beside no drafts, and beside the best number of tokens for all. */
class NGramSimulationTest {

    private static final int STEPS = 1200;
    private static final int LEARNING = 200; // steps
    private static final int MOST = 8;
    private static final int VOCAB = 64;
    private static final int PROMPT = 400;
    private static final int PREFILL = 2; // steps
    private static final int SEEDS = Thorough.cases(50, 2, 2);
    private static final List<Integer> USERS =
            Thorough.some(List.of(1, 2, 4, 8, 16, 64, -16, -64), 4, 4); // some: 1, 4, 16, -16

    /** The texts of answers. */
    private interface Texts {

        /** How many tokens must be the same. */
        int nGramSize();

        /** The token behind a text. */
        int next(Text text, Random random);
    }

    /** Each token is followed by what followed it the last time, with a probability. */
    private record Chain(double right) implements Texts {

        @Override
        public int nGramSize() {
            return 1;
        }

        @Override
        public int next(Text text, Random random) {
            int last = text.tokens.get(text.tokens.size() - 1);
            int before = text.followers[last];
            int next = before;
            if (before < 0 || random.nextDouble() >= right) {
                next = (before + 1 + random.nextInt(VOCAB - 1)) % VOCAB;
            }
            text.followers[last] = next;
            return next;
        }
    }

    /** Copies parts of its prompt, between parts of few tokens, which repeat three of them by chance. */
    private record Parts(double copied) implements Texts {

        private static final double PART = 30; // tokens
        private static final int FEW = 6; // tokens

        @Override
        public int nGramSize() {
            return 3;
        }

        @Override
        public int next(Text text, Random random) {
            if (random.nextDouble() < 1 / PART) {
                text.copies = random.nextDouble() < copied ? random.nextInt(PROMPT) : -1;
            }
            return text.copies < 0 ? random.nextInt(FEW) : text.tokens.get(text.copies++ % PROMPT);
        }
    }

    private static final class Text {

        private final IntList tokens = new IntList();
        private final int[] followers = new int[VOCAB];
        private final NGramDrafts drafts;
        private int copies = -1; // the token of the prompt that is copied next; -1 for none
        private int drafted;

        Text(DraftPlanner planner, Texts texts, Random random) {
            Arrays.fill(followers, -1);
            for (int i = 0; i < PROMPT; i++) {
                tokens.add(random.nextInt(VOCAB));
            }
            drafts = new NGramDrafts(planner, texts.nGramSize(), MOST, true, tokens.toArray(), 100_000);
        }

        /** Goes on with a token, and as far as the draft is right; returns how many tokens that are. */
        int step(Texts texts, Random random) {
            int[] draft = new int[drafted];
            Arrays.setAll(draft, drafts::token);
            int from = tokens.size();
            int accepted = 0;
            tokens.add(texts.next(this, random));
            while (accepted < drafted && draft[accepted] == tokens.get(from + accepted)) {
                accepted++;
                tokens.add(texts.next(this, random));
            }
            drafts.verified(drafted, accepted);
            for (int i = from; i < tokens.size(); i++) {
                drafts.add(tokens.get(i));
            }
            drafted = 0;
            return 1 + accepted;
        }
    }

    /** Answers of a machine, with as many drafted tokens as are chosen, or a fixed number wherever a text repeats itself. */
    private static final class Simulation {

        private static final int CHOSEN = -1;

        private final SimulatedMachine machine;
        private final Texts texts;
        private final Random random;
        private final DraftPlanner planner = new DraftPlanner(1 + MOST); // all drafts are allowed
        private final DraftWorth worth = planner.worth();
        private final List<Text> answers = new ArrayList<>();
        private final int fixed;
        private double time;
        private double without;
        private double learnt;
        private double learntWithout;

        Simulation(SimulatedMachine machine, Texts texts, int fixed, long seed) {
            this.machine = machine;
            this.texts = texts;
            this.fixed = fixed;
            this.random = new Random(seed);
        }

        void users(int count) {
            while (answers.size() > count) {
                answers.remove(random.nextInt(answers.size()));
            }
            while (answers.size() < count) {
                prefill();
                answers.add(new Text(planner, texts, random));
            }
        }

        /** Steps with parts of a prompt, in which the others go on without drafts; their time is nobody's choice. */
        private void prefill() {
            worth.choose(new ArrayList<>(), answers.size());
            for (int i = 0; i < PREFILL; i++) {
                answers.forEach(answer -> answer.step(texts, random));
            }
        }

        /** Returns how many tokens are drafted. */
        private int draft() {
            List<AnswerDrafts> candidates = new ArrayList<>();
            for (Text answer : answers) {
                if (answer.drafts.hasMatch()) {
                    answer.drafts.room(MOST);
                    candidates.add(answer.drafts);
                }
            }
            worth.choose(candidates, answers.size());
            int length = fixed == CHOSEN ? worth.length() : fixed;
            List<AnswerDrafts> chosen = candidates.subList(0, fixed == CHOSEN ? worth.answers() : candidates.size());
            for (Text answer : answers) {
                if (chosen.contains(answer.drafts)) {
                    answer.drafted = length;
                    answer.drafts.fill(length);
                }
            }
            return length * chosen.size();
        }

        void step(boolean counts) {
            int n = answers.size();
            int drafted = draft();
            double took = machine.step(n, n + drafted);
            int tokens = 0;
            for (Text answer : answers) {
                tokens += answer.step(texts, random);
            }
            worth.stepComputed(n, drafted, took * SimulatedMachine.noise(random) * 1e6);
            double tookWithout = tokens * machine.step(n, n) / n;
            time += took;
            without += tookWithout;
            if (counts) {
                learnt += took;
                learntWithout += tookWithout;
            }
        }
    }

    private static Simulation simulate(SimulatedMachine machine, Texts texts, int users, int fixed, long seed) {
        Simulation simulation = new Simulation(machine, texts, fixed, seed);
        SimulatedUsers.run(users, seed, STEPS, simulation::users, step -> simulation.step(step >= LEARNING));
        return simulation;
    }

    private static double bestFixed(SimulatedMachine machine, Texts texts, int users) {
        double best = 1;
        for (int fixed : new int[] {3, 7, 8}) {
            double sum = 0;
            for (int seed = 0; seed < SEEDS; seed++) {
                Simulation run = simulate(machine, texts, users, fixed, seed);
                sum += run.learntWithout / run.learnt;
            }
            best = Math.max(best, sum / SEEDS);
        }
        return best;
    }

    /** In each run no less than without. What a run finds out of the best number, and its texts, are chance: that is an average, with some room. */
    @Test
    void drafts_neverCost_andTakeWhatThereIs() {
        List<String> bad = new ArrayList<>();
        for (SimulatedMachine machine : SimulatedMachine.UNLIKE) {
            for (Texts texts : List.of(
                    new Chain(0),
                    new Chain(0.5),
                    new Chain(0.9),
                    new Chain(1),
                    new Parts(0),
                    new Parts(0.5),
                    new Parts(1))) {
                for (int users : USERS) {
                    double none = Double.MAX_VALUE;
                    double learnt = 0;
                    for (int seed = 0; seed < SEEDS; seed++) {
                        Simulation run = simulate(machine, texts, users, Simulation.CHOSEN, seed);
                        none = Math.min(none, run.without / run.time);
                        learnt += run.learntWithout / run.learnt / SEEDS;
                    }
                    double best = users == 1 || users == 16 ? bestFixed(machine, texts, users) : 1;
                    if (none < 0.97 || learnt < 0.9 * best) {
                        bad.add(String.format(
                                Locale.ROOT,
                                "%s, %d users, %s: at least %.3f of none, on average %.3f where the best has %.3f",
                                machine.name(),
                                users,
                                texts,
                                none,
                                learnt,
                                best));
                    }
                }
            }
        }
        assertThat(bad).isEmpty();
    }
}
