package dev.tokapu.exception;

import org.jspecify.annotations.Nullable;

/**
 * A model file could not be quantized: it is missing, damaged or quantized already, lacks what a type needs, or the new file could not be
 * written.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class QuantizationException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message which file, what is wrong and what to do
     */
    public QuantizationException(String message) {
        this(message, null);
    }

    /**
     * Creates one with a cause.
     *
     * @param message which file, what is wrong and what to do
     * @param cause what led to it
     */
    public QuantizationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
