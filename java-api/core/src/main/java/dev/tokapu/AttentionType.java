package dev.tokapu;

/**
 * Which tokens a token attends to (llama.cpp: {@code llama_attention_type}).
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum AttentionType {
    /** As the model says. */
    UNSPECIFIED(-1),

    /** Those before it. */
    CAUSAL(0),

    /** All of the sequence; for embedding models. */
    NON_CAUSAL(1);

    private final int code;

    AttentionType(int code) {
        this.code = code;
    }

    /** The value of {@code llama_attention_type}. */
    int code() {
        return code;
    }
}
