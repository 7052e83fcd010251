package dev.tokapu.embedding;

import dev.tokapu.ContextOptions;
import dev.tokapu.Pooling;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.internal.util.NamedValues;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of an {@link Embedder}.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class EmbedderOptions {

    private final ContextOptions context;
    private final boolean normalized;
    private final int dimensions;
    private final String queryPrefix;
    private final String documentPrefix;
    private final LongTexts longTexts;

    private EmbedderOptions(Builder builder) {
        context = builder.context;
        normalized = builder.normalized;
        dimensions = builder.dimensions;
        queryPrefix = builder.queryPrefix;
        documentPrefix = builder.documentPrefix;
        longTexts = builder.longTexts;
    }

    /** {@return options with the defaults} */
    public static EmbedderOptions defaults() {
        return builder().build();
    }

    /** {@return a builder that starts with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these options} */
    public Builder toBuilder() {
        return builder()
                .context(context)
                .normalized(normalized)
                .dimensions(dimensions)
                .queryPrefix(queryPrefix)
                .documentPrefix(documentPrefix)
                .longTexts(longTexts);
    }

    /** {@return the settings of a context of its own, as {@link ContextEncoder#open} takes them} */
    public ContextOptions context() {
        return context;
    }

    /** {@return whether vectors are brought to length 1} */
    public boolean normalized() {
        return normalized;
    }

    /** {@return how many of a vector's numbers are given, the first ones; 0 for all} */
    public int dimensions() {
        return dimensions;
    }

    /** {@return what stands before a query} */
    public String queryPrefix() {
        return queryPrefix;
    }

    /** {@return what stands before a document} */
    public String documentPrefix() {
        return documentPrefix;
    }

    /** {@return what is done with texts that are too long} */
    public LongTexts longTexts() {
        return longTexts;
    }

    private NamedValues values() {
        return new NamedValues("EmbedderOptions")
                .with("context", context)
                .with("normalized", normalized)
                .with("dimensions", dimensions)
                .with("queryPrefix", queryPrefix)
                .with("documentPrefix", documentPrefix)
                .with("longTexts", longTexts);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EmbedderOptions that && values().equals(that.values());
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
     * A builder for {@link EmbedderOptions}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder {

        private ContextOptions context = ContextOptions.defaults();
        private boolean normalized = true;
        private int dimensions = 0;
        private String queryPrefix = "";
        private String documentPrefix = "";
        private LongTexts longTexts = LongTexts.ERROR;

        private Builder() {}

        /** The settings of a context of its own, as {@link ContextEncoder#open} takes them; not of an engine's. Default {@link ContextOptions#defaults()}. */
        public Builder context(ContextOptions value) {
            context = Objects.requireNonNull(value, "context");
            return this;
        }

        /** What is made of the vectors of a text's tokens, {@link ContextOptions#pooling} of {@link #context}; default as the model says. */
        public Builder pooling(Pooling value) {
            return context(context.toBuilder().pooling(value).build());
        }

        /** Whether vectors are brought to length 1, so that the product of two is the cosine of their angle; default true. */
        public Builder normalized(boolean value) {
            normalized = value;
            return this;
        }

        /**
         * How many of a vector's numbers are given, the first ones, brought to length 1 after that; default 0 for all. It is for models that are
         * trained for it (Matryoshka).
         */
        public Builder dimensions(int value) {
            dimensions = value;
            return this;
        }

        /** What stands before a query, as the model's authors say, for example {@code "query: "}; default nothing. */
        public Builder queryPrefix(String value) {
            queryPrefix = Objects.requireNonNull(value, "queryPrefix");
            return this;
        }

        /** What stands before a document, as the model's authors say, for example {@code "passage: "}; default nothing. */
        public Builder documentPrefix(String value) {
            documentPrefix = Objects.requireNonNull(value, "documentPrefix");
            return this;
        }

        /** What is done with texts that are too long; default {@link LongTexts#ERROR}. */
        public Builder longTexts(LongTexts value) {
            longTexts = Objects.requireNonNull(value, "longTexts");
            return this;
        }

        /** {@return the options} */
        public EmbedderOptions build() {
            Checks.atLeast("dimensions", dimensions, 0);
            return new EmbedderOptions(this);
        }
    }
}
