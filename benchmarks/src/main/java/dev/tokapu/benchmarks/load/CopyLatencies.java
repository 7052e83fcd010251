package dev.tokapu.benchmarks.load;

import dev.tokapu.cli.load.Samples;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The inter-token latencies of one answer by what the steps that they waited for had beside it: a request, else copies, or nothing. The first
 * steps after a request count as its own, since they launch other kernels.
 *
 * <p>Thread safety: used by one thread at a time.
 */
final class CopyLatencies {

    private static final int STEPS_AFTER = 2; // a request

    private final Map<Kind, Measured> measured = new EnumMap<>(Kind.class);
    private int after = STEPS_AFTER; // steps since the last request
    private Kind kind = Kind.IDLE; // of what came since the last token
    private long copied;
    private long previous;
    private boolean begun;

    /** What counts more comes later. */
    enum Kind {
        IDLE,
        RESTORES,
        SAVES,
        REQUESTS
    }

    /** Nanoseconds of each latency, and of the copies before each. */
    record Measured(Samples latencies, Samples copies) {}

    CopyLatencies() {
        for (Kind each : Kind.values()) {
            of(each);
        }
    }

    Measured of(Kind each) {
        return measured.computeIfAbsent(each, unused -> new Measured(new Samples(), new Samples()));
    }

    /**
     * A step was computed.
     *
     * @param saved nanoseconds of saves before it
     * @param restored nanoseconds of restores before it
     */
    void step(int generating, int promptTokens, long saved, long restored) {
        after = promptTokens > 0 || generating > 1 ? 0 : after + 1;
        Kind own = Kind.IDLE;
        if (after <= STEPS_AFTER) {
            own = Kind.REQUESTS;
        } else if (saved > 0) {
            own = Kind.SAVES;
        } else if (restored > 0) {
            own = Kind.RESTORES;
        }
        kind = own.compareTo(kind) > 0 ? own : kind;
        copied += saved + restored;
    }

    /** A token of the answer came, of the last step. */
    void token(long nanoTime) {
        if (begun) {
            of(kind).latencies().add(nanoTime - previous);
            of(kind).copies().add(copied);
        }
        begun = true;
        previous = nanoTime;
        kind = Kind.IDLE;
        copied = 0;
    }

    /** Fields of a JSON object. */
    String json() {
        StringBuilder json = new StringBuilder();
        double median = of(Kind.IDLE).latencies().percentile(50);
        measured.forEach((each, of) -> {
            Samples samples = of.latencies();
            String name = each.name().toLowerCase(Locale.ROOT);
            json.append(json.isEmpty() ? "" : ", ")
                    .append(String.format(
                            Locale.ROOT,
                            "\"%1$s_count\": %2$d, \"%1$s_p50_ms\": %3$.3f, \"%1$s_p99_ms\": %4$.3f, \"%1$s_max_ms\": %5$.3f,"
                                    + " \"%1$s_p99_by_idle_median\": %6$.3f, \"%1$s_seconds\": %7$.2f, \"%1$s_copied_ms\": %8$.3f",
                            name,
                            samples.count(),
                            samples.percentile(50) / 1e6,
                            samples.percentile(99) / 1e6,
                            samples.max() / 1e6,
                            median == 0 ? 0 : samples.percentile(99) / median,
                            samples.mean() * samples.count() / 1e9,
                            of.copies().mean() / 1e6));
        });
        return json.toString();
    }
}
