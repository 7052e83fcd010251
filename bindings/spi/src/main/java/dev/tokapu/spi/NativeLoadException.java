package dev.tokapu.spi;

import org.jspecify.annotations.Nullable;

/**
 * Says that the native libraries cannot be used on this JVM, and what to do about it.
 *
 * @since 0.1
 */
public class NativeLoadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what is wrong, which value and what to do
     */
    public NativeLoadException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what is wrong, which value and what to do
     * @param cause what led to it
     */
    public NativeLoadException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
