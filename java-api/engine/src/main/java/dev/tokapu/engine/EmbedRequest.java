package dev.tokapu.engine;

import dev.tokapu.internal.util.Checks;
import dev.tokapu.internal.util.VectorMath;
import java.util.Objects;

/**
 * A text of which an {@link Engine} is asked the embedding.
 *
 * <p>Thread safety: immutable.
 *
 * @param prompt the text, its tokens, or a conversation
 * @param normalized whether the vector is brought to length 1, so that the product of two is the cosine of their angle; not with
 *     {@link dev.tokapu.Pooling#RANK}, whose scores stay as they are
 * @param dimensions how many of the vector's numbers are given, the first ones, brought to length 1 after that; 0 for all. It is for models that are trained
 *     for it (Matryoshka); not with RANK
 * @param scheduling priority, deadline, tenant, adapters
 * @since 0.1
 */
public record EmbedRequest(Prompt prompt, boolean normalized, int dimensions, SchedulingOptions scheduling) {

    /**
     * A builder for a text; control tokens in it are not parsed.
     *
     * @param text the text
     * @return the builder
     */
    public static Builder builder(String text) {
        return new Builder(new Prompt.Text(text));
    }

    /**
     * A builder for tokens.
     *
     * @param tokens their ids, at least one; BOS is not added
     * @return the builder
     */
    public static Builder builder(int[] tokens) {
        return new Builder(new Prompt.Tokens(tokens));
    }

    /**
     * A builder for {@link EmbedRequest}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder implements SchedulingOptionsBuilder<Builder> {

        private final Prompt prompt;
        private boolean normalized = true;
        private int dimensions;
        private SchedulingOptions scheduling = SchedulingOptions.defaults();

        private Builder(Prompt prompt) {
            this.prompt = prompt;
        }

        /**
         * Sets whether the vector is brought to length 1.
         *
         * @param value true unless set
         * @return this
         */
        public Builder normalized(boolean value) {
            normalized = value;
            return this;
        }

        /**
         * Sets how many of the vector's numbers are given.
         *
         * @param value 0, the default, for all
         * @return this
         */
        public Builder dimensions(int value) {
            dimensions = value;
            return this;
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
        public EmbedRequest build() {
            return new EmbedRequest(prompt, normalized, dimensions, scheduling);
        }
    }

    /** Checks the values. */
    public EmbedRequest {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(scheduling, "scheduling");
        Checks.atLeast("dimensions", dimensions, 0);
    }

    /** What is given of a vector. */
    float[] finished(float[] vector) {
        return VectorMath.finished(vector, dimensions, normalized);
    }

    /**
     * A text, for a vector of length 1, with {@link SchedulingOptions#defaults()}.
     *
     * @param text the text; control tokens in it are not parsed
     * @return the request
     */
    public static EmbedRequest of(String text) {
        return builder(text).build();
    }

    /**
     * Tokens, for a vector of length 1, with {@link SchedulingOptions#defaults()}.
     *
     * @param tokens their ids, at least one; BOS is not added
     * @return the request
     */
    public static EmbedRequest of(int[] tokens) {
        return builder(tokens).build();
    }
}
