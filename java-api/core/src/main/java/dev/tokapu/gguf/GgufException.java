package dev.tokapu.gguf;

import dev.tokapu.exception.TokapuException;
import org.jspecify.annotations.Nullable;

/**
 * A file is no GGUF file, is damaged, or cannot be read.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class GgufException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what is wrong, and at which byte
     */
    public GgufException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what is wrong
     * @param cause what led to it
     */
    public GgufException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
