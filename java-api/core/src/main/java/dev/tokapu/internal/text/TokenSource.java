package dev.tokapu.internal.text;

import dev.tokapu.text.TokenAlternatives;

/**
 * Where the tokens of one answer come from.
 *
 * <p>Thread safety: confined, but for {@link #abort}.
 */
public interface TokenSource {

    /** How a step ended. */
    enum Step {
        /** Done. */
        OK,

        /** The context has no room for another token. */
        FULL,

        /** A stopping criterion was met. */
        MET,

        /** The deadline passed. */
        LATE,

        /** {@link TokenSource#abort} stopped it. */
        ABORTED
    }

    /**
     * Whether it asks the stopping criteria, with their time limits, and heeds interrupts of the thread that waits for it.
     *
     * @return false when the caller has to do all that
     */
    default boolean watchesItself() {
        return false;
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

    /**
     * The bytes of a token.
     *
     * @param token its id
     * @param dst receives them
     * @return how many there are; when more than {@code dst} holds, nothing was written
     */
    int piece(int token, byte[] dst);

    /** Keeps logits for {@link #alternatives}; to be called before {@link #start}. */
    void keepLogits();

    /**
     * How likely the token was that {@link #next} chose, to be asked before {@link #advance}.
     *
     * @param token its id
     * @param n how many of the likeliest to name
     * @return log-probabilities by the model's raw logits
     */
    TokenAlternatives alternatives(int token, int n);

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

    /**
     * How many tokens were drafted so far.
     *
     * @return tokens
     */
    default int draftedTokens() {
        return 0;
    }

    /**
     * How many drafted tokens were accepted.
     *
     * @return tokens
     */
    default int acceptedTokens() {
        return 0;
    }
}
