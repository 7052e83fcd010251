package dev.tokapu.cli.load;

/** How a request ended. */
public sealed interface Outcome {

    /**
     * An answer.
     *
     * @param inputTokens those of the prompt as the target counts them, or 0 where it does not say: then what was asked for is counted
     * @param outputTokens its tokens as the target counts them, or 0 where it does not say: then what arrived is counted
     */
    record Success(int inputTokens, int outputTokens) implements Outcome {}

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
