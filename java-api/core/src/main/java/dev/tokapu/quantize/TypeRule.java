package dev.tokapu.quantize;

import dev.tokapu.gguf.TensorType;

/**
 * The type of tensors whose names a pattern is found in.
 *
 * <p>Thread safety: immutable.
 *
 * @param pattern a regular expression of C++ (ECMAScript)
 * @param type the type
 * @since 0.1
 */
public record TypeRule(String pattern, TensorType type) {

    /** Refuses an empty pattern, and one that C would cut. */
    public TypeRule {
        if (pattern.isEmpty() || pattern.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a pattern is empty or has a NUL character");
        }
    }
}
