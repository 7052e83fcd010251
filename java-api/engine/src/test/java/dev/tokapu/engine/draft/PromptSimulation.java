package dev.tokapu.engine.draft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Answers of a simulated machine, each of them behind a prompt: it is prefilled in steps of the others, in which nothing is drafted, and then the draft
 * model has to read it, as {@link DraftIntake} and {@link DraftRunner} do it. What is counted are the steps between prompts, with drafting and reading.
 */
final class PromptSimulation {

    private static final int STEPS = 1200; // without prompts
    private static final int ALL_STEPS = 20 * STEPS; // long prompts of many leave hardly any without
    private static final int LEARNING = 200; // steps
    private static final int MOST = 8;
    private static final int ANSWER = 128; // tokens, on average
    private static final int BATCH = 512; // tokens that the draft model reads at once
    private static final int READING = 8; // as DraftIntake's
    private static final double SLOWDOWN = 3;

    private static final class Answer {

        private final ModelDrafts drafts;
        private final double right;
        private int prompt; // tokens that are not prefilled
        private int left; // tokens
        private int held; // tokens that the draft model has read

        Answer(DraftPlanner planner, int prompt, double right, int tokens) {
            this.drafts = new ModelDrafts(planner, MOST, 0, true, new int[prompt], tokens);
            this.right = right;
            this.prompt = prompt;
            this.left = tokens;
        }

        int lacking() {
            return drafts.known().size() - held;
        }

        void goOn(int tokens) {
            for (int i = 0; i < Math.min(tokens, left); i++) {
                drafts.add(0);
            }
            left -= tokens;
        }
    }

    private final SimulatedMachine machine;
    private final int users;
    private final int prompt;
    private double right;
    private final Random random;
    private final DraftPlanner planner = new DraftPlanner(SLOWDOWN);
    private final DraftWorth worth = planner.worth();
    private final List<Answer> answers = new ArrayList<>();
    private final double[] fixed = new double[MOST + 1]; // milliseconds, with so many drafts in each step
    private int steps;
    private double time;
    private double without;
    private double learnt;
    private int readTokens;
    private int triedTokens;

    PromptSimulation(SimulatedMachine machine, int users, int prompt, double right, long seed) {
        this.machine = machine;
        this.users = users;
        this.prompt = prompt;
        this.right = right;
        this.random = new Random(seed);
        int prepared = 128; // as DraftRunner prepares
        double noise = SimulatedMachine.noise(random);
        noise = Math.min(noise, SimulatedMachine.noise(random));
        worth.read(prepared, machine.reading(prepared) * noise * 1e6);
    }

    /** From now on drafts of new answers are right with another probability; what was done before counts no more, after some steps. */
    void turn(double to) {
        right = to;
        steps = 0;
        learnt = 0;
        Arrays.fill(fixed, 0);
    }

    void run() {
        for (int all = 0; all < ALL_STEPS && steps < STEPS; all++) {
            replace();
            List<Answer> decoding = new ArrayList<>();
            Answer prefilled = null;
            for (Answer answer : answers) {
                if (answer.prompt == 0) {
                    decoding.add(answer);
                } else if (prefilled == null) {
                    prefilled = answer;
                }
            }
            if (prefilled == null) {
                step(decoding);
            } else {
                prefill(prefilled, decoding);
            }
        }
    }

    private void replace() {
        for (int i = answers.size() - 1; i >= 0; i--) {
            if (answers.get(i).left <= 0) {
                worth.leaves(answers.remove(i).drafts);
            }
        }
        while (answers.size() < users) {
            double its = right < 0 ? random.nextDouble() : right;
            answers.add(new Answer(planner, prompt, its, ANSWER / 2 + random.nextInt(ANSWER)));
            if (steps >= LEARNING) {
                for (int most = 1; most <= MOST; most++) {
                    fixed[most] += machine.reading(prompt);
                }
            }
        }
    }

    /** A step with a part of a prompt, which others do not wait for longer than they have to; its time is nobody's choice. */
    private void prefill(Answer prefilled, List<Answer> decoding) {
        int n = decoding.size();
        double room = n == 0 ? Double.MAX_VALUE : (SLOWDOWN - 1) * machine.step(n, n) / machine.promptMillis();
        worth.begins(n, false);
        worth.choose(new ArrayList<>(), n);
        prefilled.prompt -= (int) Math.min(prefilled.prompt, Math.max(1, room));
        decoding.forEach(answer -> answer.goOn(1));
    }

    private void step(List<Answer> decoding) {
        int n = decoding.size();
        worth.begins(n, true);
        List<AnswerDrafts> candidates = read(decoding);
        worth.choose(candidates, n);
        List<Answer> chosen = new ArrayList<>();
        for (int i = 0; i < worth.answers(); i++) {
            AnswerDrafts its = candidates.get(i);
            its.room(Math.min(its.room(), worth.length()));
            decoding.stream().filter(answer -> answer.drafts == its).forEach(chosen::add);
        }
        double took = draft(chosen);
        int drafted = chosen.stream().mapToInt(answer -> answer.drafts.room()).sum();
        took += machine.step(n, n + drafted);
        double tokens = n;
        for (Answer answer : decoding) {
            tokens += verify(answer, chosen.contains(answer) ? answer.drafts.room() : 0);
        }
        worth.stepComputed(n, drafted, machine.step(n, n + drafted) * SimulatedMachine.noise(random) * 1e6);
        count(decoding, tokens, took);
    }

    /** Has the draft model read parts of texts, as {@link DraftIntake} does; returns the answers that may be drafted for. */
    private List<AnswerDrafts> read(List<Answer> decoding) {
        List<AnswerDrafts> candidates = new ArrayList<>();
        readTokens = 0;
        triedTokens = 0;
        int n = decoding.size();
        int readable = worth.readable(n, ReadingTime.LEAST, BATCH);
        for (Answer answer : decoding) {
            answer.drafts.room(Math.min(MOST, answer.left - 1));
            if (answer.drafts.room() <= 0) {
                continue;
            }
            if (answer.lacking() > READING) {
                boolean tries = !worth.paysToRead(answer.drafts, answer.lacking(), n);
                int most = Math.min(answer.lacking() - 1, readable - readTokens);
                if (most <= 0 || (tries && !worth.triesToRead(answer.drafts, answer.lacking(), n))) {
                    continue;
                }
                if (tries) {
                    worth.begunToRead(answer.drafts, answer.lacking());
                }
                answer.held += most;
                readTokens += most;
                triedTokens += tries ? most : 0;
            } else {
                answer.drafts.tried(false);
            }
            if (answer.lacking() <= READING) {
                candidates.add(answer.drafts);
            }
        }
        return candidates;
    }

    /** Reads and drafts, as {@link DraftRunner} does; returns what that takes. */
    private double draft(List<Answer> chosen) {
        int length =
                chosen.stream().mapToInt(answer -> answer.drafts.room()).max().orElse(0);
        int lacking = chosen.stream().mapToInt(Answer::lacking).sum();
        if (readTokens + lacking == 0) {
            return 0;
        }
        double first = readTokens > 0 ? machine.reading(readTokens + lacking) : machine.round(lacking);
        double took = first;
        int computed = readTokens + lacking;
        for (int round = 1; round < length; round++) {
            int tokens = 0;
            for (Answer answer : chosen) {
                tokens += answer.drafts.room() > round ? 1 : 0;
            }
            took += machine.round(tokens);
            computed += tokens;
        }
        double noise = SimulatedMachine.noise(random) * 1e6;
        if (readTokens > 0) {
            worth.read(readTokens + lacking, first * noise);
        }
        int counted = readTokens > 0 ? length - 1 : length;
        if (counted > 0) {
            worth.round(chosen.size(), (readTokens > 0 ? took - first : took) * noise / counted);
        }
        double tokenNanos = took * noise / computed;
        worth.owesReading(triedTokens, tokenNanos * triedTokens);
        worth.owes(worth.tries() ? tokenNanos * (computed - readTokens) : 0);
        return took;
    }

    /** Returns how many tokens more than one are to be expected. */
    private double verify(Answer answer, int drafted) {
        int good = 0;
        while (good < drafted && random.nextDouble() < answer.right) {
            good++;
        }
        if (drafted > 0) {
            answer.held = answer.drafts.known().size() + Math.min(good, drafted - 1);
            answer.drafts.verified(drafted, good);
        }
        answer.goOn(1 + good);
        return SimulatedMachine.expected(answer.right, drafted);
    }

    private void count(List<Answer> decoding, double tokens, double took) {
        int n = decoding.size();
        time += took;
        without += tokens * machine.step(n, n) / n;
        if (steps++ >= LEARNING) {
            learnt += took;
            for (int most = 0; most <= MOST; most++) {
                fixed[most] += tokens * millisOfToken(decoding, most);
            }
        }
    }

    private double millisOfToken(List<Answer> decoding, int length) {
        int n = decoding.size();
        double tokens = n;
        double lacking = n; // two tokens where all drafts were right
        for (Answer answer : decoding) {
            tokens += SimulatedMachine.expected(answer.right, length);
            lacking += Math.pow(answer.right, length);
        }
        double drafting = length == 0 ? 0 : machine.round((int) Math.ceil(lacking)) + (length - 1) * machine.round(n);
        return (machine.step(n, n * (1 + length)) + drafting) / tokens;
    }

    double besideNone() {
        return time == 0 ? 1 : without / time;
    }

    double besideBest() {
        return learnt == 0 ? 1 : Arrays.stream(fixed).min().orElseThrow() / learnt;
    }
}
