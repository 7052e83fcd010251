package dev.tokapu.exception;

import org.jspecify.annotations.Nullable;

/**
 * A grammar is malformed, or a token was accepted that the grammar forbids.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class GrammarException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what went wrong, with which value, and what to do
     */
    public GrammarException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what went wrong, with which value, and what to do
     * @param cause what led to it
     */
    public GrammarException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
