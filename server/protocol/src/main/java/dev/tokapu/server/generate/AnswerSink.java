package dev.tokapu.server.generate;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.engine.PrefillProgress;
import java.util.List;

/**
 * What takes the answers to a request as they grow.
 *
 * <p>Thread safety: told by one thread at a time.
 *
 * @since 0.1
 */
public interface AnswerSink {

    /** {@return whether more is wanted; if not, the pump waits for {@link Answers#resume()}} */
    default boolean wantsMore() {
        return true;
    }

    /** {@return whether it is told of answers while they grow; if not, of each as a whole at its end} */
    default boolean wantsParts() {
        return true;
    }

    /** {@return whether it is told how much of a prompt is computed} */
    default boolean wantsPrefill() {
        return false;
    }

    /**
     * More of a prompt is computed; first of all, what of it was cached.
     *
     * @param answer the first of its answers
     * @param progress how much of it
     */
    default void prefilled(AnswerParts answer, PrefillProgress progress) {}

    /**
     * There is more of an answer.
     *
     * @param answer the answer
     * @param deltas what is new, at least one
     */
    void more(AnswerParts answer, List<AnswerDelta> deltas);

    /**
     * An answer has ended.
     *
     * @param answer the answer
     */
    void ended(AnswerParts answer);

    /** All answers have ended. Nothing comes after it. */
    void completed();

    /**
     * It went wrong; all answers are cancelled. Nothing comes after it.
     *
     * @param failure what went wrong
     */
    void failed(Throwable failure);
}
