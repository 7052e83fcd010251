package dev.tokapu.exception;

import org.jspecify.annotations.Nullable;

/**
 * The root of the exceptions that say that Tokapu or llama.cpp could not do what was asked.
 *
 * <p>Misuse is not among them: it ends in {@link IllegalArgumentException}, {@link IllegalStateException} or
 * {@link IndexOutOfBoundsException}, as everywhere in Java. Messages say what failed, with which value, and what to do; they
 * hold the line of llama.cpp's log that explains the failure where there is one.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class TokapuException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what went wrong, with which value, and what to do
     */
    public TokapuException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what went wrong, with which value, and what to do
     * @param cause what led to it
     */
    public TokapuException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
