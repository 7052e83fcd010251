package dev.tokapu.engine.run;

import java.time.Duration;

/**
 * How long a step with prompts may take: the longer of a multiple of a step without and a fixed time. With more than two prompts the multiple
 * grows by half for each, since prompts wait as well; the fixed time does not.
 *
 * @param maxDecodeSlowdown the multiple, 1.1 or more
 * @param interTokenLatencyTarget the time; zero: the multiple alone
 */
record StepLimit(double maxDecodeSlowdown, Duration interTokenLatencyTarget) {

    private static final double URGENCY = 0.5; // of a prompt: two of them are worth one generating sequence

    /**
     * The limit of one step.
     *
     * @param alone nanoseconds of a step without prompts
     * @param prompts how many wait
     * @return nanoseconds
     */
    double nanos(double alone, int prompts) {
        double slowed = maxDecodeSlowdown * Math.max(1, prompts * URGENCY) * alone;
        return Math.max((double) interTokenLatencyTarget.toNanos(), slowed);
    }
}
