package dev.tokapu.text;

/**
 * How long a generation took. Only time spent decoding and sampling counts, not the time between the reader's calls.
 *
 * <p>Thread safety: immutable.
 *
 * @param promptMillis processing of the prompt, in ms
 * @param generationMillis generation of the tokens after it, in ms
 * @param firstTokenMillis from the start of the prompt to the first token, in ms; 0 before there is one
 * @param promptTokensPerSecond prompt tokens that were decoded, per second; 0 when none was
 * @param tokensPerSecond generated tokens that were decoded, per second; 0 when none was
 * @since 0.1
 */
public record Timings(
        double promptMillis,
        double generationMillis,
        double firstTokenMillis,
        double promptTokensPerSecond,
        double tokensPerSecond) {

    /**
     * Timings from durations in nanoseconds.
     *
     * @param promptTokens prompt tokens that were decoded
     * @param promptNanos how long that took
     * @param generatedTokens generated tokens that were decoded
     * @param generationNanos how long that took, sampling included
     * @param firstTokenNanos from the start to the first token
     * @return the timings
     */
    public static Timings ofNanos(
            int promptTokens, long promptNanos, int generatedTokens, long generationNanos, long firstTokenNanos) {
        return new Timings(
                promptNanos / 1e6,
                generationNanos / 1e6,
                firstTokenNanos / 1e6,
                rate(promptTokens, promptNanos),
                rate(generatedTokens, generationNanos));
    }

    private static double rate(int tokens, long nanos) {
        return nanos == 0 ? 0 : tokens * 1e9 / nanos;
    }
}
