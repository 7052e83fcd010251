package dev.tokapu.engine.run;

import java.time.Duration;

/**
 * How long a step with prompts may take: a multiple of a step without, and in any case the inter-token latency that is aimed at.
 *
 * @param maxDecodeSlowdown the multiple, 1.1 or more
 * @param interTokenLatencyTarget the time; zero: the multiple alone
 */
record StepLimit(double maxDecodeSlowdown, Duration interTokenLatencyTarget) {

    private static final double URGENCY = 0.5; // of a prompt: two of them are worth one generating sequence

    /** Nanoseconds, where a step without prompts takes so many and so many prompts wait. */
    double nanos(double alone, int prompts) {
        double slowed = maxDecodeSlowdown * Math.max(1, prompts * URGENCY) * alone;
        return Math.max((double) interTokenLatencyTarget.toNanos(), slowed);
    }
}
