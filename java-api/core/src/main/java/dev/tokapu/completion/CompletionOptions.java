package dev.tokapu.completion;

import dev.tokapu.ContextOptions;
import dev.tokapu.internal.util.NamedValues;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.GenerationOptionsBuilder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@link Completion#of(dev.tokapu.Model, String, CompletionOptions)}.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class CompletionOptions {

    private final ContextOptions context;
    private final GenerationOptions generation;
    private final ContextShift contextShift;
    private final boolean parseSpecial;

    private CompletionOptions(Builder builder, GenerationOptions generation) {
        this.context = builder.context;
        this.generation = generation;
        this.contextShift = builder.contextShift;
        this.parseSpecial = builder.parseSpecial;
    }

    /**
     * {@link GenerationOptions#defaults()} in a context with {@link ContextOptions#defaults()}.
     *
     * @return the options
     */
    public static CompletionOptions defaults() {
        return builder().build();
    }

    /** {@return a builder that starts with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these options} */
    public Builder toBuilder() {
        return builder()
                .generation(generation)
                .context(context)
                .contextShift(contextShift)
                .parseSpecial(parseSpecial);
    }

    /** {@return the settings of the context that the completion makes for itself} */
    public ContextOptions context() {
        return context;
    }

    /** {@return how tokens are chosen and what ends the text} */
    public GenerationOptions generation() {
        return generation;
    }

    /** {@return what to forget when the text fills the context} */
    public ContextShift contextShift() {
        return contextShift;
    }

    /** {@return whether the text of control tokens in the prompt becomes those tokens, false unless set} */
    public boolean parseSpecial() {
        return parseSpecial;
    }

    private NamedValues values() {
        return new NamedValues("CompletionOptions")
                .with("context", context)
                .with("generation", generation)
                .with("contextShift", contextShift)
                .with("parseSpecial", parseSpecial);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CompletionOptions that && values().equals(that.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    @Override
    public String toString() {
        return values().toString();
    }

    /**
     * A builder for {@link CompletionOptions}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder extends GenerationOptionsBuilder<Builder> {

        private ContextOptions context = ContextOptions.defaults();
        private ContextShift contextShift = ContextShift.none();
        private boolean parseSpecial;

        private Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the context's settings.
         *
         * @param value the settings
         * @return this
         */
        public Builder context(ContextOptions value) {
            context = Objects.requireNonNull(value, "context");
            return this;
        }

        /**
         * What to forget when the text fills the context; {@link ContextShift#none()} by default, so that the text ends.
         *
         * @param value the strategy
         * @return this
         */
        public Builder contextShift(ContextShift value) {
            contextShift = Objects.requireNonNull(value, "contextShift");
            return this;
        }

        /**
         * Sets whether the text of control tokens in the prompt becomes those tokens.
         *
         * @param value never true for text that users typed
         * @return this
         */
        public Builder parseSpecial(boolean value) {
            parseSpecial = value;
            return this;
        }

        /**
         * The options.
         *
         * @return the options
         * @throws IllegalArgumentException when a value is out of range, or samplers were set and single values, too
         */
        public CompletionOptions build() {
            return new CompletionOptions(this, generationOptions());
        }
    }
}
