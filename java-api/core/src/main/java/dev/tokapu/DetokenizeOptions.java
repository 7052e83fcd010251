package dev.tokapu;

import dev.tokapu.internal.util.NamedValues;
import org.jspecify.annotations.Nullable;

/**
 * How tokens become text.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class DetokenizeOptions {

    private static final DetokenizeOptions DEFAULTS = builder().build();

    private final boolean removeSpecial;
    private final boolean unparseSpecial;

    private DetokenizeOptions(Builder builder) {
        removeSpecial = builder.removeSpecial;
        unparseSpecial = builder.unparseSpecial;
    }

    /** {@return the defaults: nothing is dropped, control tokens are empty} */
    public static DetokenizeOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts from the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from these options} */
    public Builder toBuilder() {
        return new Builder().removeSpecial(removeSpecial).unparseSpecial(unparseSpecial);
    }

    /** {@return whether the tokens that the model puts around a text (BOS, EOS) are dropped} */
    public boolean removeSpecial() {
        return removeSpecial;
    }

    /** {@return whether control tokens are rendered as their text; otherwise they are empty} */
    public boolean unparseSpecial() {
        return unparseSpecial;
    }

    private NamedValues values() {
        return new NamedValues("DetokenizeOptions")
                .with("removeSpecial", removeSpecial)
                .with("unparseSpecial", unparseSpecial);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DetokenizeOptions that && values().equals(that.values());
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
     * Builds {@link DetokenizeOptions}.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private boolean removeSpecial = false;
        private boolean unparseSpecial = false;

        private Builder() {}

        /** Whether the tokens that the model puts around a text (BOS, EOS) are dropped; default false. */
        public Builder removeSpecial(boolean value) {
            removeSpecial = value;
            return this;
        }

        /** Whether control tokens are rendered as their text; default false, they are empty. */
        public Builder unparseSpecial(boolean value) {
            unparseSpecial = value;
            return this;
        }

        /** {@return the options; an {@link IllegalArgumentException} tells which value is out of range} */
        public DetokenizeOptions build() {
            return new DetokenizeOptions(this);
        }
    }
}
