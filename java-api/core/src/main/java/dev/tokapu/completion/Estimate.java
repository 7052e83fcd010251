package dev.tokapu.completion;

/**
 * A value that was measured, and its standard error.
 *
 * <p>Thread safety: immutable.
 *
 * @param value the value
 * @param error the standard error, 0 where too little was measured
 * @since 0.1
 */
public record Estimate(double value, double error) {

    private static final int LEAST = 10;

    /** The mean of numbers, given by their sum and that of their squares. */
    static Estimate mean(double sum, double squares, int count) {
        if (count < 1) {
            return new Estimate(0, 0);
        }
        double mean = sum / count;
        double variance = squares / count - mean * mean;
        return new Estimate(mean, variance > 0 && count > LEAST ? Math.sqrt(variance / (count - 1)) : 0);
    }
}
