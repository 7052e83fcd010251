package dev.tokapu.exception;

import org.jspecify.annotations.Nullable;

/**
 * A decode or encode failed inside llama.cpp; what it had processed before stays in the KV cache.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class DecodeException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what went wrong, with which value, and what to do
     */
    public DecodeException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what went wrong, with which value, and what to do
     * @param cause what led to it
     */
    public DecodeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
