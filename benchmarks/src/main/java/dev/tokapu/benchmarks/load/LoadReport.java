package dev.tokapu.benchmarks.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** The figures of a load as JSON and as a table, under the names of {@code vllm bench serve}. */
final class LoadReport {

    private static final double[] PERCENTILES = {50, 90, 99, 99.9};
    private static final JsonFactory JSON = new JsonFactory();
    /** Of the histograms in the JSON: each value goes to a bucket at most a twentieth wide. */
    private static final double BUCKET_RATIO = 1.05;

    private static final long FIRST_BUCKET = TimeUnit.MICROSECONDS.toNanos(10);

    private LoadReport() {}

    /** One line of JSON. */
    static String json(LoadOptions options, Arrivals arrivals, int requests, Result result, String details)
            throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("target", options.target());
            json.writeStringField("model_id", options.model());
            if (arrivals instanceof Arrivals.Closed closed) {
                json.writeNumberField("max_concurrency", closed.concurrency());
            } else if (arrivals instanceof Arrivals.Poisson poisson) {
                json.writeNumberField("request_rate", poisson.requestsPerSecond());
            }
            Workload workload = options.workload();
            json.writeStringField("input_len", workload.input().toString());
            json.writeStringField("output_len", workload.output().toString());
            json.writeNumberField("prefix_groups", workload.groups());
            json.writeNumberField("prefix_len", workload.prefix());
            json.writeNumberField("seed", workload.seed());
            json.writeNumberField("num_prompts", requests);
            figures(json, result);
            json.writeFieldName("details");
            json.writeRawValue(details);
            json.writeObjectFieldStart("failures");
            for (Map.Entry<String, Integer> failure : result.failures().entrySet()) {
                json.writeNumberField(failure.getKey(), failure.getValue());
            }
            json.writeEndObject();
            times(json, "ttft", result.ttft());
            times(json, "tpot", result.tpot());
            times(json, "itl", result.itl());
            times(json, "e2el", result.e2el());
            json.writeObjectFieldStart("histograms");
            histogram(json, "ttft", result.ttft());
            histogram(json, "itl", result.itl());
            histogram(json, "e2el", result.e2el());
            json.writeEndObject();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void figures(JsonGenerator json, Result result) throws IOException {
        json.writeNumberField("duration", result.duration() / (double) TimeUnit.SECONDS.toNanos(1));
        json.writeNumberField("completed", result.completed());
        json.writeNumberField("rejected", result.rejected());
        json.writeNumberField("failed", result.failed());
        json.writeNumberField("total_input_tokens", result.inputTokens());
        json.writeNumberField("total_output_tokens", result.outputTokens());
        json.writeNumberField("request_throughput", result.perSecond(result.completed()));
        json.writeNumberField("output_throughput", result.perSecond((double) result.outputTokens()));
        json.writeNumberField(
                "total_token_throughput", result.perSecond((double) result.inputTokens() + result.outputTokens()));
        if (!result.goal().equals(Goal.NONE)) {
            json.writeNumberField("request_goodput", result.perSecond(result.good()));
        }
    }

    private static void times(JsonGenerator json, String name, Histogram values) throws IOException {
        json.writeNumberField("mean_" + name + "_ms", milliseconds(values.getMean()));
        json.writeNumberField("max_" + name + "_ms", milliseconds((double) values.getMaxValue()));
        for (double percentile : PERCENTILES) {
            json.writeNumberField(key(percentile) + "_" + name + "_ms", percentile(values, percentile));
        }
    }

    private static String key(double percentile) {
        return "p"
                + (percentile == Math.rint(percentile)
                        ? Long.toString((long) percentile)
                        : Double.toString(percentile));
    }

    /** Pairs of a bucket's upper bound in milliseconds and the number of values in it; empty buckets are left out. */
    private static void histogram(JsonGenerator json, String name, Histogram values) throws IOException {
        json.writeArrayFieldStart(name);
        if (values.getTotalCount() > 0) {
            for (HistogramIterationValue bucket : values.logarithmicBucketValues(FIRST_BUCKET, BUCKET_RATIO)) {
                if (bucket.getCountAddedInThisIterationStep() > 0) {
                    json.writeStartArray();
                    json.writeNumber(milliseconds((double) bucket.getValueIteratedTo()));
                    json.writeNumber(bucket.getCountAddedInThisIterationStep());
                    json.writeEndArray();
                }
            }
        }
        json.writeEndArray();
    }

    private static double percentile(Histogram values, double percentile) {
        return milliseconds((double) values.getValueAtPercentile(percentile));
    }

    private static double milliseconds(double nanoseconds) {
        return nanoseconds / TimeUnit.MILLISECONDS.toNanos(1);
    }

    /** What a person reads, in several lines. */
    static String table(Arrivals arrivals, Result result) {
        StringBuilder text = new StringBuilder(arrivals.toString())
                .append(String.format(
                        Locale.ROOT,
                        ": %d answers, %d rejected, %d failed in %.2f s; %.2f requests/s, %.1f output tokens/s, %.1f tokens/s",
                        result.completed(),
                        result.rejected(),
                        result.failed(),
                        result.duration() / (double) TimeUnit.SECONDS.toNanos(1),
                        result.perSecond(result.completed()),
                        result.perSecond((double) result.outputTokens()),
                        result.perSecond((double) result.inputTokens() + result.outputTokens())));
        if (!result.goal().equals(Goal.NONE)) {
            text.append(String.format(Locale.ROOT, ", goodput %.2f requests/s", result.perSecond(result.good())));
        }
        row(text, "TTFT", result.ttft());
        row(text, "TPOT", result.tpot());
        row(text, "ITL", result.itl());
        row(text, "E2EL", result.e2el());
        result.failures()
                .forEach((message, count) ->
                        text.append(String.format(Locale.ROOT, "%n    failed %d times: %s", count, message)));
        return text.toString();
    }

    private static void row(StringBuilder text, String name, Histogram values) {
        text.append(String.format(
                Locale.ROOT,
                "%n    %-4s mean %9.2f   p50 %9.2f   p90 %9.2f   p99 %9.2f ms",
                name,
                milliseconds(values.getMean()),
                percentile(values, 50),
                percentile(values, 90),
                percentile(values, 99)));
    }
}
