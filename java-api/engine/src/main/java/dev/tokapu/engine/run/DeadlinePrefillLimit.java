package dev.tokapu.engine.run;

/**
 * Limits the prompt tokens of a step without answers, so that it has ended when the next deadline comes.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class DeadlinePrefillLimit {

    private static final int LEAST = 32; // tokens; fewer are prefilled hardly faster
    private static final double WEIGHT = 0.3; // of a new measurement

    private double nanosPerToken; // 0: unknown

    /**
     * Prompt tokens of the next step.
     *
     * @param most tokens without a deadline
     * @param nanos until the next deadline; negative or {@link Long#MAX_VALUE} for none
     */
    int tokens(int most, long nanos) {
        if (nanos == Long.MAX_VALUE || most <= LEAST) {
            return most;
        }
        double room = nanosPerToken == 0 ? LEAST : nanos / nanosPerToken;
        return (int) Math.min(most, Math.max(LEAST, room));
    }

    /** A step without answers was computed. */
    void computed(int tokens, long nanos) {
        if (tokens >= LEAST) {
            double measured = (double) nanos / tokens;
            nanosPerToken = nanosPerToken == 0 ? measured : nanosPerToken + WEIGHT * (measured - nanosPerToken);
        }
    }
}
