package dev.tokapu.internal.threads;

import java.util.SplittableRandom;

/** One answer after the other of some sequences, each behind a prompt: the context grows, and begins anew. */
final class SimulatedAnswers {

    private static final double MILLI = 1e6;
    private static final int LONG_STEP = 32; // tokens

    final ThreadController controller;
    private final SplittableRandom random;
    private final SimulatedMachine machine;
    private final double work; // of a token
    private int sequences = 1;
    private long context;
    private int left;

    /** What all steps took. */
    double nanos;

    /** What trials cost on the average. */
    double trials;

    int steps;

    /** Steps of few tokens with another number than is kept. */
    int others;

    int switches;

    private int kept;

    SimulatedAnswers(SplittableRandom random, SimulatedMachine machine, int processors) {
        this.random = random;
        this.machine = machine;
        this.controller = new ThreadController(processors, processors);
        this.work = MILLI * (1 + random.nextInt(30));
        this.kept = processors;
    }

    /** The number that short steps are computed with, but for trials. */
    int kept() {
        return kept;
    }

    void step() {
        if (left == 0) {
            left = 20 + random.nextInt(400);
            context = random.nextInt(2000);
            sequences = 1 + random.nextInt(4);
            int tokens = LONG_STEP + random.nextInt(500);
            step(tokens, 1, tokens * context, work * tokens / 5);
        }
        left--;
        context++;
        int threads = step(sequences, sequences, sequences * context, work * sequences * (1 + context / 4000.0));
        steps++;
        others += threads != controller.few() ? 1 : 0;
        switches += controller.few() != kept ? 1 : 0;
        kept = controller.few();
    }

    private int step(int tokens, int outputs, long attended, double cost) {
        int threads = controller.threads(tokens, outputs, attended);
        int present = tokens < LONG_STEP ? controller.few() : controller.many();
        trials += machine.mean(threads, cost) - machine.mean(present, cost);
        double time = machine.step(threads, cost);
        controller.computed((long) time);
        nanos += time;
        return threads;
    }
}
