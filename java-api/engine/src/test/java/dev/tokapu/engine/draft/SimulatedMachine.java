package dev.tokapu.engine.draft;

import java.util.List;
import java.util.Random;

/**
 * A machine, with times in milliseconds.
 *
 * @param promptMillis of a token of a prompt in a step
 * @param readMillis of a token more in a batch in which the draft model reads a text
 */
record SimulatedMachine(String name, Steps steps, Rounds rounds, double promptMillis, double readMillis) {

    static final List<SimulatedMachine> ALL = List.of(
            new SimulatedMachine(
                    "H200, 4 layers", SimulatedMachine::h200, n -> line(n, 1, 1.2, 16, 8, 64, 24), 0.088, 0.012),
            new SimulatedMachine(
                    "H200, 1 layer", SimulatedMachine::h200, n -> line(n, 1, 0.4, 16, 2, 64, 6), 0.088, 0.004),
            new SimulatedMachine("two cores", (n, t) -> 5 + 5 * t, n -> 0.5 + 0.5 * n, 5, 0.5),
            new SimulatedMachine("two cores, itself", (n, t) -> 5 + 5 * t, n -> 5 + 5 * n, 5, 5),
            new SimulatedMachine(
                    "free up to 8",
                    (n, t) -> 10 * Math.max(1, t / 8.0),
                    n -> 0.5 * Math.max(1, n / 8.0),
                    1.25,
                    0.0625));

    /** Those whose steps differ. */
    static final List<SimulatedMachine> UNLIKE = List.of(ALL.get(0), ALL.get(2), ALL.get(4));

    interface Steps {
        double millis(int answers, int tokens);
    }

    interface Rounds {
        double millis(int answers);
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

    /** A step of some answers, with so many tokens in all. */
    double step(int answers, int tokens) {
        return steps.millis(answers, tokens);
    }

    /** A token of each of some answers, by the draft model. */
    double round(int answers) {
        return rounds.millis(answers);
    }

    /** A batch of the draft model with so many tokens of texts that it reads. */
    double reading(int tokens) {
        return round(1) + tokens * readMillis;
    }

    /** Tokens of a draft that are accepted on average, each right with the same probability if those before it are. */
    static double expected(double right, int length) {
        double next = 1;
        double tokens = 0;
        for (int i = 0; i < length; i++) {
            next *= right;
            tokens += next;
        }
        return tokens;
    }

    /** What a measurement differs by: now and then something else computes. */
    static double noise(Random random) {
        return (1 + 0.03 * random.nextGaussian()) * (random.nextInt(200) == 0 ? 4 : 1);
    }
}
