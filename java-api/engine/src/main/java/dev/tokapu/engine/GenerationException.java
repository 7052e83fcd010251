package dev.tokapu.engine;

import dev.tokapu.exception.TokapuException;
import org.jspecify.annotations.Nullable;

/**
 * A request of an {@link Engine} failed while it was computed; the cause says why. The others go on, unless the engine failed.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class GenerationException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what went wrong
     * @param cause what led to it
     */
    public GenerationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
