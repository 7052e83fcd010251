package dev.tokapu.server.pool;

import java.time.Duration;
import java.util.Objects;

/**
 * The settings of a {@link ModelPool}.
 *
 * <p>Thread safety: immutable.
 *
 * @param maxLoaded how many models are loaded at most
 * @param keepAlive how long a model stays after its last request, unless it or a request says otherwise; {@link #FOREVER} until its place is wanted
 * @since 0.1
 */
public record PoolOptions(int maxLoaded, Duration keepAlive) {

    /** A time that does not come. */
    public static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private static final PoolOptions DEFAULTS = new PoolOptions(4, Duration.ofMinutes(5));

    /** Checks the values. */
    public PoolOptions {
        Objects.requireNonNull(keepAlive, "keepAlive");
        if (maxLoaded < 1) {
            throw new IllegalArgumentException("maxLoaded is " + maxLoaded + "; it must be 1 or more");
        }
        if (keepAlive.isNegative()) {
            throw new IllegalArgumentException("keepAlive is " + keepAlive + "; it must be 0 or more, or FOREVER");
        }
    }

    /** {@return the defaults: four models, five minutes} */
    public static PoolOptions defaults() {
        return DEFAULTS;
    }
}
