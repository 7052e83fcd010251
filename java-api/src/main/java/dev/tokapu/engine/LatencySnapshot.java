package dev.tokapu.engine;

import java.time.Duration;

/**
 * How long something took, over the life of an {@link Engine}. Percentiles are upper bounds, at most 12 % too high.
 *
 * <p>Thread safety: immutable.
 *
 * @param count how often it happened
 * @param totalNanos all of it together, in ns
 * @param p50Nanos half of it took at most this, in ns
 * @param p90Nanos nine of ten took at most this, in ns
 * @param p99Nanos 99 of 100 took at most this, in ns
 * @param maxNanos the longest, in ns
 * @since 0.1
 */
public record LatencySnapshot(long count, long totalNanos, long p50Nanos, long p90Nanos, long p99Nanos, long maxNanos) {

    /**
     * The average.
     *
     * @return zero when it never happened
     */
    public Duration mean() {
        return count == 0 ? Duration.ZERO : Duration.ofNanos(totalNanos / count);
    }
}
