package dev.tokapu.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Durations as nanoseconds: what is too long for them is as long as they can say. */
final class Nanos {

    private Nanos() {}

    static long of(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** From one point in time to another; zero when one of them, being 0, has not come. */
    static Duration between(long from, long to) {
        return from == 0 || to == 0 ? Duration.ZERO : Duration.ofNanos(to - from);
    }

    /** A point in time after another one; never without a duration. */
    static long after(long nanoTime, @Nullable Duration duration) {
        if (duration == null) {
            return Long.MAX_VALUE;
        }
        long nanos = of(duration);
        return nanos > Long.MAX_VALUE - Math.max(0, nanoTime) ? Long.MAX_VALUE : nanoTime + nanos;
    }
}
