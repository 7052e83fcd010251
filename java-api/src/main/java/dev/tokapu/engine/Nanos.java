package dev.tokapu.engine;

import java.time.Duration;

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

    /** A point in time after another one. */
    static long after(long nanoTime, Duration duration) {
        long nanos = of(duration);
        return nanos > Long.MAX_VALUE - Math.max(0, nanoTime) ? Long.MAX_VALUE : nanoTime + nanos;
    }
}
