package dev.tokapu;

import dev.tokapu.exception.TokapuException;

/**
 * The kind of rotary position encoding of a model (llama.cpp: {@code llama_rope_type}).
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum RopeType {
    /** None. */
    NONE(-1),

    /** Adjacent pairs are rotated. */
    NORM(0),

    /** Halves are rotated, as in GPT-NeoX. */
    NEOX(2),

    /** Sections for time, height and width. */
    MROPE(8),

    /** Interleaved sections for time, height and width. */
    IMROPE(40),

    /** For vision encoders. */
    VISION(24);

    private final int code;

    RopeType(int code) {
        this.code = code;
    }

    /** The value of {@code llama_rope_type}. */
    int code() {
        return code;
    }

    /** The constant for a value of {@code llama_rope_type}. */
    static RopeType of(long code) {
        for (var constant : values()) {
            if (constant.code == code) {
                return constant;
            }
        }
        throw new TokapuException("llama_rope_type " + code + " is unknown to this version");
    }
}
