package dev.tokapu;

/**
 * How tokens become text.
 *
 * <p>Thread safety: immutable.
 *
 * @param removeSpecial whether the tokens that the model puts around a text (BOS, EOS) are dropped
 * @param unparseSpecial whether control tokens are rendered as their text; otherwise they are empty
 * @since 0.1
 */
public record DetokenizeOptions(boolean removeSpecial, boolean unparseSpecial) {

    private static final DetokenizeOptions DEFAULTS = new DetokenizeOptions(false, false);

    /**
     * The defaults: nothing is dropped, control tokens are empty.
     *
     * @return the options
     */
    public static DetokenizeOptions defaults() {
        return DEFAULTS;
    }
}
