package dev.tokapu.engine.telemetry;

import dev.tokapu.engine.FinishedRequest;
import dev.tokapu.engine.RequestTimings;
import dev.tokapu.text.Usage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Histograms of requests, with the buckets that the conventions ask for. A value is recorded in the context of its request, whose span its exemplar names.
 *
 * <p>Thread safety: safe.
 */
final class RequestMetrics {

    private static final AttributeKey<String> TOKEN_TYPE = AttributeKey.stringKey("gen_ai.token.type");
    private static final List<Double> DURATION =
            List.of(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
    private static final List<Double> FIRST_TOKEN =
            List.of(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0);
    private static final List<Double> PER_TOKEN =
            List.of(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5);
    private static final List<Long> TOKENS = List.of(
            1L, 4L, 16L, 64L, 256L, 1024L, 4096L, 16384L, 65536L, 262144L, 1048576L, 4194304L, 16777216L, 67108864L);

    private final DoubleHistogram operation;
    private final DoubleHistogram request;
    private final DoubleHistogram firstToken;
    private final DoubleHistogram perToken;
    private final LongHistogram tokens;

    RequestMetrics(Meter meter) {
        operation = seconds(
                meter, "gen_ai.client.operation.duration", "from the call to the end of the last answer", DURATION);
        request = seconds(meter, "gen_ai.server.request.duration", "from submission to the end", DURATION);
        firstToken =
                seconds(meter, "gen_ai.server.time_to_first_token", "from submission to the first token", FIRST_TOKEN);
        perToken = seconds(
                meter, "gen_ai.server.time_per_output_token", "between two tokens of an answer, on average", PER_TOKEN);
        tokens = meter.histogramBuilder("gen_ai.client.token.usage")
                .ofLongs()
                .setUnit("{token}")
                .setDescription("tokens of a prompt, cached ones included, and of its answers")
                .setExplicitBucketBoundariesAdvice(TOKENS)
                .build();
    }

    private static DoubleHistogram seconds(Meter meter, String name, String description, List<Double> buckets) {
        return meter.histogramBuilder(name)
                .setUnit("s")
                .setDescription(description)
                .setExplicitBucketBoundariesAdvice(buckets)
                .build();
    }

    /** An answer, a score or an embedding ended. What did not happen to it is not recorded. */
    void ended(FinishedRequest ended, Attributes common, Context context) {
        RequestTimings timings = ended.timings();
        request.record(GenAi.seconds(timings.total()), with(common, ended.errorType()), context);
        record(firstToken, timings.firstToken(), common, context);
        record(perToken, timings.perToken(), common, context);
    }

    private static void record(DoubleHistogram histogram, Duration duration, Attributes common, Context context) {
        if (!duration.isZero()) {
            histogram.record(GenAi.seconds(duration), common, context);
        }
    }

    /** A request ended, or was not taken. */
    void ended(Duration duration, @Nullable String error, Attributes common, Context context) {
        operation.record(GenAi.seconds(duration), with(common, error), context);
    }

    /** All that a request took. */
    void tokens(Usage usage, Attributes common, Context context) {
        tokens.record(usage.promptTokens(), with(common, TOKEN_TYPE, "input"), context);
        if (usage.generatedTokens() > 0) {
            tokens.record(usage.generatedTokens(), with(common, TOKEN_TYPE, "output"), context);
        }
    }

    private static Attributes with(Attributes common, @Nullable String error) {
        return error == null ? common : with(common, GenAi.ERROR_TYPE, error);
    }

    private static Attributes with(Attributes common, AttributeKey<String> key, String value) {
        return common.toBuilder().put(key, value).build();
    }
}
