package dev.tokapu.server.pool;

import java.time.Duration;

/**
 * The time that a {@link ModelPool} goes by.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public interface PoolTimer {

    /** {@return the time, as {@link System#nanoTime} tells it} */
    long nanoTime();

    /**
     * Runs something later.
     *
     * @param action what to run; it does not wait
     * @param delay how long from now
     * @return what cancels it
     */
    Runnable later(Runnable action, Duration delay);
}
