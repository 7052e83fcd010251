package dev.tokapu.server;

import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DistributionDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A metric of ours under the name that another server has for it. Series that have the same labels there are added.
 *
 * @param name the other name
 * @param kind what it is there
 * @param source the name here
 * @param labels makes its labels of ours; null for a series that is not part of it
 */
record MetricAlias(String name, Kind kind, String source, Function<Labels, @Nullable Labels> labels) {

    /** What a metric is under its other name. */
    enum Kind {
        GAUGE(MetricType.GAUGE),
        COUNTER(MetricType.COUNTER),
        /** How often something happened that is timed here. */
        COUNT(MetricType.COUNTER),
        /** The seconds of something that is timed here. */
        SECONDS(MetricType.COUNTER),
        HISTOGRAM(MetricType.HISTOGRAM),
        /** Count and sum, where there are no buckets. */
        SUMMARY(MetricType.SUMMARY);

        private final MetricType type;

        Kind(MetricType type) {
            this.type = type;
        }

        MetricType type() {
            return type;
        }
    }

    /** The metric under its other name. */
    MetricSnapshot of(MetricSnapshot ours) {
        MetricMetadata metadata = new MetricMetadata(name, ours.getMetadata().getHelp());
        Map<Labels, List<DataPointSnapshot>> series = new LinkedHashMap<>();
        for (DataPointSnapshot point : ours.getDataPoints()) {
            Labels there = labels.apply(point.getLabels());
            if (there != null) {
                series.computeIfAbsent(there, key -> new ArrayList<>()).add(point);
            }
        }
        return switch (kind) {
            case GAUGE ->
                new GaugeSnapshot(
                        metadata, each(series, (key, all) -> new GaugeDataPointSnapshot(sum(all), key, null)));
            case COUNTER, COUNT, SECONDS ->
                new CounterSnapshot(
                        metadata, each(series, (key, all) -> new CounterDataPointSnapshot(sum(all), key, null, 0)));
            case HISTOGRAM -> new HistogramSnapshot(metadata, each(series, this::histogram));
            case SUMMARY ->
                new SummarySnapshot(
                        metadata,
                        each(
                                series,
                                (key, all) -> new SummaryDataPointSnapshot(
                                        count(all), sum(all), Quantiles.EMPTY, key, Exemplars.EMPTY, 0)));
        };
    }

    private interface Point<T> {
        T of(Labels labels, List<DataPointSnapshot> points);
    }

    private static <T> List<T> each(Map<Labels, List<DataPointSnapshot>> series, Point<T> point) {
        List<T> made = new ArrayList<>();
        series.forEach((labels, points) -> made.add(point.of(labels, points)));
        return made;
    }

    private double sum(List<DataPointSnapshot> points) {
        return points.stream().mapToDouble(this::value).sum();
    }

    private double value(DataPointSnapshot point) {
        if (point instanceof GaugeDataPointSnapshot gauge) {
            return gauge.getValue();
        }
        if (point instanceof CounterDataPointSnapshot counter) {
            return counter.getValue();
        }
        DistributionDataPointSnapshot timed = (DistributionDataPointSnapshot) point;
        return kind == Kind.COUNT ? timed.getCount() : timed.getSum();
    }

    private static long count(List<DataPointSnapshot> points) {
        return points.stream()
                .mapToLong(point -> ((DistributionDataPointSnapshot) point).getCount())
                .sum();
    }

    private HistogramDataPointSnapshot histogram(Labels labels, List<DataPointSnapshot> points) {
        ClassicHistogramBuckets first = ((HistogramDataPointSnapshot) points.get(0)).getClassicBuckets();
        double[] bounds = new double[first.size()];
        long[] counts = new long[first.size()];
        for (DataPointSnapshot point : points) {
            ClassicHistogramBuckets buckets = ((HistogramDataPointSnapshot) point).getClassicBuckets();
            for (int i = 0; i < counts.length; i++) {
                bounds[i] = buckets.getUpperBound(i);
                counts[i] += buckets.getCount(i);
            }
        }
        return new HistogramDataPointSnapshot(
                ClassicHistogramBuckets.of(bounds, counts), sum(points), labels, Exemplars.EMPTY, 0);
    }
}
