package dev.tokapu.exception;

import dev.tokapu.Context;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Context} could not be created, most often for want of memory or because its options do not fit together.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class ContextCreationException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what went wrong, with which value, and what to do
     */
    public ContextCreationException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what went wrong, with which value, and what to do
     * @param cause what led to it
     */
    public ContextCreationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
