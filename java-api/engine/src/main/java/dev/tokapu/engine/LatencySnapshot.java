package dev.tokapu.engine;

import dev.tokapu.engine.run.Histogram;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

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

    /** Of what several replicas have counted. */
    static LatencySnapshot of(List<Histogram> histograms) {
        Histogram.Summary summary = Histogram.summary(histograms);
        return new LatencySnapshot(
                summary.count(), summary.totalNanos(), summary.p50(), summary.p90(), summary.p99(), summary.max());
    }

    /**
     * The average.
     *
     * @return zero when it never happened
     */
    public Duration mean() {
        return count == 0 ? Duration.ZERO : Duration.ofNanos(totalNanos / count);
    }

    /** For people: the average and percentiles, in ms. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.2f ms (p50 %.2f, p90 %.2f, p99 %.2f)",
                count == 0 ? 0 : totalNanos / 1e6 / count,
                p50Nanos / 1e6,
                p90Nanos / 1e6,
                p99Nanos / 1e6);
    }
}
