package dev.tokapu.benchmarks.load;

/** How a request ended. */
sealed interface Outcome {

    /**
     * An answer.
     *
     * @param outputTokens its tokens as the target counts them, or 0 where it does not say: then what arrived is counted
     */
    record Success(int outputTokens) implements Outcome {}

    /**
     * No answer because the target has too much to do.
     *
     * @param retryAfterSeconds when the target says to try again, or a negative number
     */
    record Rejected(double retryAfterSeconds) implements Outcome {}

    /**
     * No answer, or half of one.
     *
     * @param message why
     */
    record Failed(String message) implements Outcome {}
}
