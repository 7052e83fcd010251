package dev.tokapu.exception;

import org.jspecify.annotations.Nullable;

/**
 * The state of a sequence cannot be used: it is damaged, cut off, or was taken with another model or other settings.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public final class SequenceStateException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what does not fit, and what to do
     */
    public SequenceStateException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what does not fit, and what to do
     * @param cause what led to it
     */
    public SequenceStateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
