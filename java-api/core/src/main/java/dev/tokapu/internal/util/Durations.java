package dev.tokapu.internal.util;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Durations as nanoseconds: one that is too long for them becomes the longest that they can say. */
public final class Durations {

    private Durations() {}

    /**
     * A duration as nanoseconds.
     *
     * @return its nanoseconds, or the nearest number of them
     */
    public static long of(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /**
     * From one point in time to another.
     *
     * @param from {@link System#nanoTime()} of the first, 0 when it has not come
     * @param to that of the second, likewise
     * @return the time between them; zero when one of them has not come
     */
    public static Duration between(long from, long to) {
        return from == 0 || to == 0 ? Duration.ZERO : Duration.ofNanos(to - from);
    }

    /**
     * A point in time after another one.
     *
     * @param nanoTime {@link System#nanoTime()} of that one
     * @param duration how long after it, null for never
     * @return {@link System#nanoTime()} of then; {@link Long#MAX_VALUE} for never
     */
    public static long after(long nanoTime, @Nullable Duration duration) {
        if (duration == null) {
            return Long.MAX_VALUE;
        }
        long nanos = of(duration);
        return nanos > Long.MAX_VALUE - Math.max(0, nanoTime) ? Long.MAX_VALUE : nanoTime + nanos;
    }
}
