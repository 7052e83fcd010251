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

    /**
     * A builder.
     *
     * @param prompt what stands before
     * @param continuation the text
     * @return the builder
     */
    public static Builder builder(String prompt, String continuation) {
        return new Builder(prompt, continuation);
    }

    /**
     * A builder for {@link ScoreRequest}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder implements SchedulingOptionsBuilder<Builder> {

        private final String prompt;
        private final String continuation;
        private SchedulingOptions scheduling = SchedulingOptions.defaults();

        private Builder(String prompt, String continuation) {
            this.prompt = prompt;
            this.continuation = continuation;
        }

        @Override
        public SchedulingOptions scheduling() {
            return scheduling;
        }

        @Override
        public Builder scheduling(SchedulingOptions value) {
            scheduling = Objects.requireNonNull(value, "scheduling");
            return this;
        }

        /**
         * The request.
         *
         * @return the request
         */
        public ScoreRequest build() {
            return new ScoreRequest(prompt, continuation, scheduling);
        }
    }

    /** Checks the values. */
    public ScoreRequest {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(scheduling, "scheduling");
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
        return builder(prompt, continuation).build();
    }
}
