package dev.tokapu.engine;

import dev.tokapu.exception.TokapuException;
import java.time.Duration;

/**
 * An {@link Engine} did not take a request, because its queue is full; {@link #retryAfter()} is when to try again.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class RequestRejectedException extends TokapuException {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * Creates one.
     *
     * @param message what went wrong
     * @param retryAfter when there is likely to be room
     */
    public RequestRejectedException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /**
     * When there is likely to be room, by how long requests took of late.
     *
     * @return a time from now
     */
    public Duration retryAfter() {
        return retryAfter;
    }
}
