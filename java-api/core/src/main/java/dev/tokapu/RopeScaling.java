package dev.tokapu;

/**
 * How positions beyond the trained context are scaled (llama.cpp: {@code llama_rope_scaling_type}).
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum RopeScaling {
    /** As the model says. */
    UNSPECIFIED(-1),

    /** Not at all. */
    NONE(0),

    /** Linearly. */
    LINEAR(1),

    /** By YaRN. */
    YARN(2),

    /** By LongRoPE. */
    LONGROPE(3);

    private final int code;

    RopeScaling(int code) {
        this.code = code;
    }

    /** The value of {@code llama_rope_scaling_type}. */
    int code() {
        return code;
    }
}
