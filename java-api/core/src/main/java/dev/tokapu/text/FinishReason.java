package dev.tokapu.text;

/**
 * Why a generated text ended.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum FinishReason {
    /** The model ended it with an end-of-generation token. */
    STOP_TOKEN,

    /** A stop string appeared; it is not part of the text. */
    STOP_TEXT,

    /** A {@link StoppingCriterion} was met. */
    STOP_CRITERION,

    /** The limit on generated tokens was reached. */
    MAX_TOKENS,

    /** The context has no room for another token. */
    CONTEXT_FULL,

    /** The deadline of the request passed; an {@code Engine} ends texts so. */
    DEADLINE,

    /** It was cancelled or closed before its end. */
    CANCELLED
}
