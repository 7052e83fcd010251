package dev.tokapu.spi;

import org.jspecify.annotations.Nullable;

/**
 * Says that the native libraries cannot be used on this JVM, and what to do about it.
 *
 * @since 0.1
 */
public class NativeLoadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String advice;

    /**
     * Creates one.
     *
     * @param message what is wrong, which value and what to do
     */
    public NativeLoadException(String message) {
        this(message, null);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what is wrong, which value and what to do
     * @param cause what led to it
     */
    public NativeLoadException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.advice = "";
    }

    /**
     * Creates one with advice, which the message ends with.
     *
     * @param problem what is wrong, which value; without a full stop
     * @param advice what to do, whole sentences
     * @param cause what led to it
     */
    public NativeLoadException(String problem, String advice, Throwable cause) {
        super(problem + ". " + advice, cause);
        this.advice = advice;
    }

    /**
     * What to do, where it is known apart from the message.
     *
     * @return whole sentences; empty when the message alone says it
     */
    public String advice() {
        return advice;
    }
}
