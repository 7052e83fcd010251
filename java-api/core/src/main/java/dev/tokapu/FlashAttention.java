package dev.tokapu;

/**
 * Whether attention runs as one fused operation (llama.cpp: {@code llama_flash_attn_type}).
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum FlashAttention {
    /** On where the model and the device support it. */
    AUTO(-1),

    /** Off. */
    DISABLED(0),

    /** On; needed for a quantized V cache. */
    ENABLED(1);

    private final int code;

    FlashAttention(int code) {
        this.code = code;
    }

    /** The value of {@code llama_flash_attn_type}. */
    int code() {
        return code;
    }
}
