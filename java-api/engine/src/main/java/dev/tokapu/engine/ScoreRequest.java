package dev.tokapu.engine;

import java.util.Objects;

/**
 * A text of which an {@link Engine} is asked how likely the model finds it.
 *
 * <p>Thread safety: immutable.
 *
 * @param prompt what stands before; may be empty when the model begins texts with BOS
 * @param continuation the text, not empty
 * @param scheduling priority, deadline, tenant, adapters
 * @since 0.1
 */
public record ScoreRequest(String prompt, String continuation, SchedulingOptions scheduling) {

    /** Checks the values. */
    public ScoreRequest {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(scheduling, "terms");
        if (continuation.isEmpty()) {
            throw new IllegalArgumentException("the continuation is empty; there is nothing to score");
        }
    }

    /**
     * A request with {@link SchedulingOptions#defaults()}.
     *
     * @param prompt what stands before
     * @param continuation the text
     * @return the request
     */
    public static ScoreRequest of(String prompt, String continuation) {
        return new ScoreRequest(prompt, continuation, SchedulingOptions.defaults());
    }
}
