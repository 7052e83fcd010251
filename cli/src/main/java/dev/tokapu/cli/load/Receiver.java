package dev.tokapu.cli.load;

/** What a {@link Target} tells about one request. */
public interface Receiver {

    /**
     * Tokens of the answer arrived together.
     *
     * @param count how many, at least 1
     * @param nanoTime when, as {@link System#nanoTime()}
     */
    void onTokens(int count, long nanoTime);

    /**
     * The request ended; nothing comes after.
     *
     * @param outcome how
     */
    void onEnd(Outcome outcome);
}
