package dev.tokapu.exception;

import org.jspecify.annotations.Nullable;

/**
 * A text could not be turned into tokens, or tokens not into text, by this vocabulary.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class TokenizationException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what went wrong, with which value, and what to do
     */
    public TokenizationException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what went wrong, with which value, and what to do
     * @param cause what led to it
     */
    public TokenizationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
