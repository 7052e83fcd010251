package dev.tokapu;

import dev.tokapu.internal.util.NamedValues;
import org.jspecify.annotations.Nullable;

/**
 * How text becomes tokens.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class TokenizeOptions {

    private static final TokenizeOptions DEFAULTS = builder().build();

    private final boolean addSpecial;
    private final boolean parseSpecial;

    private TokenizeOptions(Builder builder) {
        addSpecial = builder.addSpecial;
        parseSpecial = builder.parseSpecial;
    }

    /** {@return the defaults: tokens around the text are added, the text itself is only text} */
    public static TokenizeOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts from the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from these options} */
    public Builder toBuilder() {
        return new Builder().addSpecial(addSpecial).parseSpecial(parseSpecial);
    }

    /** {@return whether the tokens that the model puts around a text (BOS, EOS) are added} */
    public boolean addSpecial() {
        return addSpecial;
    }

    /** {@return whether the text of control tokens, such as {@code <|im_end|>}, is read as those tokens} */
    public boolean parseSpecial() {
        return parseSpecial;
    }

    private NamedValues values() {
        return new NamedValues("TokenizeOptions").with("addSpecial", addSpecial).with("parseSpecial", parseSpecial);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenizeOptions that && values().equals(that.values());
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
     * Builds {@link TokenizeOptions}.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private boolean addSpecial = true;
        private boolean parseSpecial = false;

        private Builder() {}

        /** Whether the tokens that the model puts around a text (BOS, EOS) are added; default true. */
        public Builder addSpecial(boolean value) {
            addSpecial = value;
            return this;
        }

        /**
         * Whether the text of control tokens, such as {@code <|im_end|>}, is read as those tokens; default false. Never
         * set it for text that users typed: they could then speak for the system.
         */
        public Builder parseSpecial(boolean value) {
            parseSpecial = value;
            return this;
        }

        /** {@return the options; an {@link IllegalArgumentException} tells which value is out of range} */
        public TokenizeOptions build() {
            return new TokenizeOptions(this);
        }
    }
}
