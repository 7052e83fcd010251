package dev.tokapu.exception;

import dev.tokapu.Fit;
import org.jspecify.annotations.Nullable;

/**
 * A device or the host has not enough memory for a model or a context. Nothing of it stays behind, and the process goes on.
 *
 * <p>The message says where and how much was wanted. What helps: {@link Fit#of}, fewer layers on the device, a
 * smaller context, a smaller number format of the KV cache.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class DeviceMemoryException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what went wrong, with which value, and what to do
     */
    public DeviceMemoryException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what went wrong, with which value, and what to do
     * @param cause what led to it
     */
    public DeviceMemoryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
