package dev.tokapu;

/**
 * A property of a token (llama.cpp: {@code llama_token_attr}).
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum TokenAttribute {
    /** Stands for what the vocabulary does not have. */
    UNKNOWN(1 << 0),

    /** Reserved, not used by the model. */
    UNUSED(1 << 1),

    /** Ordinary text. */
    NORMAL(1 << 2),

    /** Controls the model, for example the end of a turn; not part of the text. */
    CONTROL(1 << 3),

    /** Added to the vocabulary by the author of the model. */
    USER_DEFINED(1 << 4),

    /** One byte, for characters that have no token. */
    BYTE(1 << 5),

    /** Matched after the text was normalized. */
    NORMALIZED(1 << 6),

    /** Takes the white space before it along. */
    LSTRIP(1 << 7),

    /** Takes the white space after it along. */
    RSTRIP(1 << 8),

    /** Matched as a whole word only. */
    SINGLE_WORD(1 << 9);

    private final int code;

    TokenAttribute(int code) {
        this.code = code;
    }

    /** The value of {@code llama_token_attr}. */
    int code() {
        return code;
    }
}
