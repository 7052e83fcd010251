package dev.tokapu.internal.text;

import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.sampling.Sampler;
import org.jspecify.annotations.Nullable;

/**
 * What computes the answers of one conversation, one after the other.
 *
 * <p>Thread safety: confined, but for {@link #close}.
 */
public interface Answerer extends AutoCloseable {

    /**
     * How long a prompt may be.
     *
     * @return tokens
     */
    int longestPrompt();

    /**
     * Says that a prompt is too long, and what helps.
     *
     * @param length its tokens
     * @return the exception
     */
    ContextOverflowException tooLong(int length);

    /**
     * How much of a prompt that is too long should be forgotten.
     *
     * @param length its tokens
     * @return tokens; 0 when none are to be forgotten
     */
    int surplus(int length);

    /**
     * Begins an answer; the one before it has ended.
     *
     * @param prompt the tokens to go on from
     * @param generated the tokens at the end of the prompt that a grammar has to be told, because they belong to what it holds
     * @param first a sampler before those of the conversation, null for none
     * @param settings when it ends
     * @return its tokens
     */
    TokenSource answer(int[] prompt, int[] generated, @Nullable Sampler first, StreamSettings settings);

    /** The answer has ended, for whatever reason, or never began. */
    void ended();

    /** Frees what it holds. Idempotent, any thread. */
    @Override
    void close();
}
