package dev.tokapu.exception;

import org.jspecify.annotations.Nullable;

/**
 * The native libraries or a compute backend could not be loaded.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class NativeLibraryException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what went wrong, with which value, and what to do
     */
    public NativeLibraryException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what went wrong, with which value, and what to do
     * @param cause what led to it
     */
    public NativeLibraryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
