package dev.tokapu.internal.text;

/**
 * Where the tokens of one answer come from.
 *
 * <p>Thread safety: confined, but for {@link #abort}.
 */
public interface TokenSource extends Pieces {

    /** How a step ended. */
    enum Step {
        /** Done. */
        OK,

        /** The context has no room for another token. */
        FULL,

        /** A stopping criterion was met. */
        MET,

        /** {@link TokenSource#abort} stopped it. */
        ABORTED
    }

    /** Lets it process its prompt in pieces, so that {@link #expire} is heeded between them; to be called before {@link #start}. */
    default void hurry() {}

    /** Makes the prompt's {@link #start} end soon with {@link Step#MET}; any thread. */
    default void expire() {
        abort();
    }

    /**
     * Processes the prompt.
     *
     * @return how it went; not {@link Step#FULL}
     */
    Step start();

    /**
     * Chooses the next token.
     *
     * @return its id
     */
    int next();

    /**
     * Processes a chosen token, so that another one can be chosen after it.
     *
     * @param token its id
     * @return how it went
     */
    Step advance(int token);

    /**
     * Whether a token ends the answer.
     *
     * @param token its id
     * @return true for an end of generation
     */
    boolean isEnd(int token);

    /** Keeps logits for {@link #logits}; to be called before {@link #start}. */
    void keepLogits();

    /**
     * What {@link #next} chose from, to be asked before {@link #advance}.
     *
     * @return the model's raw logits, until they are asked for again
     */
    float[] logits();

    /** Makes the thought that is being generated end; any thread. */
    default void endReasoning() {
        throw new UnsupportedOperationException("these tokens have no thoughts");
    }

    /** Makes a running step end soon; any thread. */
    void abort();

    /**
     * Length of the prompt.
     *
     * @return tokens
     */
    int promptTokens();

    /**
     * How much of the prompt needed no processing, because it was in the KV cache.
     *
     * @return tokens, known after {@link #start}
     */
    int cachedTokens();
}
