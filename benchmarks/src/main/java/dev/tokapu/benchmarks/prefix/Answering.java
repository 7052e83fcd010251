package dev.tokapu.benchmarks.prefix;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * A system that answers prompts of tokens, greedily and with exactly as many tokens as are asked for.
 *
 * <p>Thread safety: safe; each of its users waits in a thread.
 */
interface Answering extends AutoCloseable {

    /**
     * Waits for an answer.
     *
     * @param prompt its tokens
     * @param tokens of the answer
     * @param soFar is given the answer's tokens each time that text comes
     * @throws IOException when there is no answer
     */
    Answer answer(int[] prompt, int tokens, Consumer<int[]> soFar) throws IOException;

    /**
     * Ends it and starts it again, with the same model in memory.
     *
     * @throws IOException when it cannot
     */
    default void restart() throws IOException {
        throw new IOException("this system is not restarted from here");
    }

    /** Forgets what it has computed, as far as it can. */
    default void forget() {}

    /**
     * What it tells of itself.
     *
     * @return JSON
     */
    default String details() {
        return "{}";
    }

    @Override
    void close();
}
