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
    CANCELLED;

    /**
     * Whether the text was cut off where the model would have gone on, so that it can go on from there.
     *
     * @return false when the model, a stop string or a criterion ended it
     */
    public boolean isCutOff() {
        return this == MAX_TOKENS || this == CONTEXT_FULL || this == CANCELLED || this == DEADLINE;
    }
}
