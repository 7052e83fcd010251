package dev.tokapu.device;

import org.jspecify.annotations.Nullable;

/**
 * Sends the tensors with certain names to a device.
 *
 * <p>Thread safety: immutable.
 *
 * @param pattern a regular expression (ECMAScript) that is searched in the names of tensors, for example {@code
 *     \.ffn_down\.weight$}
 * @param device whose memory holds them; null for the host's
 * @since 0.1
 */
public record TensorRule(String pattern, @Nullable Device device) {

    public TensorRule {
        if (pattern.isEmpty() || pattern.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "the pattern of a tensor rule is empty or has a NUL character; give a regular expression");
        }
    }
}
