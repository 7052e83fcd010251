package dev.tokapu.internal.threads;

import java.util.SplittableRandom;

/**
 * What steps take on a machine with some processors, of which others use some: threads share the work of a step, and all wait for
 * one that has no processor. Times scatter, and some are far off.
 */
final class SimulatedMachine {

    private static final double SECOND = 1e9;

    private final SplittableRandom random;
    private final int processors;
    private final double serial; // part of a step that one thread does
    private final double noise;
    private int foreign;
    private double drift;

    SimulatedMachine(SplittableRandom random, int processors) {
        this.random = random;
        this.processors = processors;
        this.serial = random.nextDouble() * 0.2;
        this.noise = 0.01 + random.nextDouble() * 0.05;
    }

    /** So many other threads compute, without end. */
    void foreign(int threads) {
        foreign = threads;
    }

    int foreign() {
        return foreign;
    }

    /** Nanoseconds of a step on the average. */
    double mean(int threads, double work) {
        double alone = work * (serial + (1 - serial) / threads);
        int over = threads + foreign - processors;
        if (over <= 0 || foreign == 0) {
            return alone;
        }
        if (threads == 1) {
            return alone * (1 + (double) over / processors);
        }
        return alone * (3 + (double) over / processors);
    }

    double step(int threads, double work) {
        boolean contended = foreign > 0 && threads + foreign > processors;
        double sigma = contended ? 0.4 : noise;
        drift = 0.95 * drift + 0.3 * sigma * gaussian();
        double time = mean(threads, work) * Math.exp(sigma * gaussian() + drift - sigma * sigma);
        return random.nextInt(200) == 0 ? time * (2 + random.nextInt(10)) : time;
    }

    private double gaussian() {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    /** The number of threads that is fastest now. */
    int best() {
        int best = 1;
        for (int threads = 2; threads <= processors; threads++) {
            if (mean(threads, SECOND) < mean(best, SECOND)) {
                best = threads;
            }
        }
        return best;
    }
}
