package dev.tokapu.spring.ai;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.embedding.EmbeddingOptions;

/**
 * The options of an embedding request: Spring AI's, and what the texts are. What is null comes from the model's options.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class TokapuEmbeddingOptions implements EmbeddingOptions {

    /**
     * What a text is: some models are trained with another prefix for each.
     *
     * <p>Thread safety: immutable.
     *
     * @since 0.1
     */
    public enum InputType {
        /** What is looked for. */
        QUERY,
        /** What is found. */
        DOCUMENT
    }

    private final @Nullable String model;
    private final @Nullable Integer dimensions;
    private final @Nullable InputType inputType;

    private TokapuEmbeddingOptions(Builder builder) {
        model = builder.model;
        dimensions = builder.dimensions;
        inputType = builder.inputType;
    }

    /** {@return a builder that starts empty} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return any options as these; null is none} */
    static TokapuEmbeddingOptions of(@Nullable EmbeddingOptions options) {
        if (options instanceof TokapuEmbeddingOptions own) {
            return own;
        }
        return options == null
                ? builder().build()
                : builder()
                        .model(options.getModel())
                        .dimensions(options.getDimensions())
                        .build();
    }

    /** {@return these with the others where these have none} */
    TokapuEmbeddingOptions defaultedBy(TokapuEmbeddingOptions that) {
        return builder()
                .model(model == null ? that.model : model)
                .dimensions(dimensions == null ? that.dimensions : dimensions)
                .inputType(inputType == null ? that.inputType : inputType)
                .build();
    }

    /** {@return a builder that starts with these options} */
    public Builder mutate() {
        return builder().model(model).dimensions(dimensions).inputType(inputType);
    }

    @Override
    public @Nullable String getModel() {
        return model;
    }

    @Override
    public @Nullable Integer getDimensions() {
        return dimensions;
    }

    /** {@return what the texts are; null for neither, without a prefix} */
    public @Nullable InputType getInputType() {
        return inputType;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokapuEmbeddingOptions that
                && Objects.equals(model, that.model)
                && Objects.equals(dimensions, that.dimensions)
                && inputType == that.inputType;
    }

    @Override
    public int hashCode() {
        return Objects.hash(model, dimensions, inputType);
    }

    @Override
    public String toString() {
        return "TokapuEmbeddingOptions[model=" + model + ", dimensions=" + dimensions + ", inputType=" + inputType
                + "]";
    }

    /**
     * A builder for {@link TokapuEmbeddingOptions}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder {

        private @Nullable String model;
        private @Nullable Integer dimensions;
        private @Nullable InputType inputType;

        private Builder() {}

        /** Sets the name of the model. */
        public Builder model(@Nullable String value) {
            model = value;
            return this;
        }

        /** Sets how many of a vector's numbers are given, the first ones: for models that are trained for it (Matryoshka). */
        public Builder dimensions(@Nullable Integer value) {
            dimensions = value;
            return this;
        }

        /** Sets what the texts are. */
        public Builder inputType(@Nullable InputType value) {
            inputType = value;
            return this;
        }

        /** {@return the options} */
        public TokapuEmbeddingOptions build() {
            return new TokapuEmbeddingOptions(this);
        }
    }
}
