package dev.tokapu.engine.draft;

/**
 * What a step of the model takes by its tokens: a line through the times of steps without prompts, the latest ones counting most.
 *
 * <p>Thread safety: confined.
 */
final class StepCost {

    private static final double KEPT = 0.98; // of what was measured before
    private static final double LEAST_SPREAD = 0.05; // of tokens, as a variance
    private static final double UNKNOWN = 0.1; // of the mean time of a token: that of one more, until it is known

    private double steps;
    private double tokens;
    private double times;
    private double squares;
    private double products;

    void computed(int stepTokens, double nanos) {
        steps = KEPT * steps + 1;
        tokens = KEPT * tokens + stepTokens;
        times = KEPT * times + nanos;
        squares = KEPT * squares + (double) stepTokens * stepTokens;
        products = KEPT * products + stepTokens * nanos;
    }

    boolean isKnown() {
        return steps > 0;
    }

    /** Nanoseconds of one more token; no less than 0, and no more than a token of the mean step. */
    double token() {
        double mean = tokens / steps;
        double time = times / steps;
        double spread = squares / steps - mean * mean;
        if (spread < LEAST_SPREAD) {
            return UNKNOWN * time / mean;
        }
        double slope = (products / steps - mean * time) / spread;
        return Math.max(0, Math.min(time / mean, slope));
    }

    /** Nanoseconds of a step of so many tokens. */
    double step(int stepTokens) {
        return Math.max(0, times / steps + token() * (stepTokens - tokens / steps));
    }
}
