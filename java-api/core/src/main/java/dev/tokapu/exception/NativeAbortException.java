package dev.tokapu.exception;

import org.jspecify.annotations.Nullable;

/**
 * An assertion inside llama.cpp failed and was caught; the object it happened in is unusable from then on.
 *
 * <p>The JVM goes on. Close the object that the message names and create a new one. It is a bug of Tokapu, which should have
 * refused the call, or of llama.cpp: please report it.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class NativeAbortException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what went wrong, with which value, and what to do
     */
    public NativeAbortException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what went wrong, with which value, and what to do
     * @param cause what led to it
     */
    public NativeAbortException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
