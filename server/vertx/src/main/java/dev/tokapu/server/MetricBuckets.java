package dev.tokapu.server;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import java.util.Arrays;

/**
 * The buckets of what happens once a request: those of vLLM, which contain OpenTelemetry's, with shorter ones for durations.
 *
 * <p>Thread safety: immutable.
 */
final class MetricBuckets implements MeterFilter {

    private static final double NANOS = 1e9;

    private static final double[] FIRST_TOKEN = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560
    };
    private static final double[] PER_TOKEN = {
        0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
    };
    private static final double[] DURATION = {
        0.01, 0.02, 0.04, 0.08, 0.16, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960,
        1920, 7680
    };
    private static final double[] TOKENS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6
    };

    @Override
    public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
        double[] buckets = switch (id.getName()) {
            case "gen_ai.server.time_to_first_token" -> nanos(FIRST_TOKEN);
            case "gen_ai.server.time_per_output_token" -> nanos(PER_TOKEN);
            case "gen_ai.server.request.duration",
                    "tokapu.engine.queue.time",
                    "tokapu.engine.prefill.time",
                    "tokapu.engine.decode.time" -> nanos(DURATION);
            case "tokapu.engine.request.tokens" -> TOKENS;
            default -> new double[0];
        };
        return buckets.length == 0
                ? config
                : DistributionStatisticConfig.builder()
                        .serviceLevelObjectives(buckets)
                        .build()
                        .merge(config);
    }

    private static double[] nanos(double[] seconds) {
        return Arrays.stream(seconds).map(one -> Math.rint(one * NANOS)).toArray();
    }
}
