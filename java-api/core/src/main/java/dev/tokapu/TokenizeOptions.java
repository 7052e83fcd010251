package dev.tokapu;

/**
 * How text becomes tokens.
 *
 * <p>Thread safety: immutable.
 *
 * @param addSpecial whether the tokens that the model puts around a text (BOS, EOS) are added
 * @param parseSpecial whether the text of control tokens, such as {@code <|im_end|>}, is read as those tokens. Never set it
 *     for text that users typed: they could then speak for the system
 * @since 0.1
 */
public record TokenizeOptions(boolean addSpecial, boolean parseSpecial) {

    private static final TokenizeOptions DEFAULTS = new TokenizeOptions(true, false);

    /**
     * The defaults: tokens around the text are added, the text itself is only text.
     *
     * @return the options
     */
    public static TokenizeOptions defaults() {
        return DEFAULTS;
    }
}
