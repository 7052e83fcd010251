package dev.tokapu.benchmarks.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokapu.cli.load.Arrivals;
import dev.tokapu.cli.load.Figures;
import dev.tokapu.cli.load.Goal;
import dev.tokapu.cli.load.Result;
import dev.tokapu.cli.load.Samples;
import dev.tokapu.cli.load.Workload;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The figures of a load as JSON and as a table, under the names of {@code vllm bench serve}. */
final class LoadReport {

    private static final JsonFactory JSON = new JsonFactory();
    /** Of the histograms in the JSON: each value goes to a bucket at most a twentieth wide. */
    private static final double BUCKET_RATIO = 1.05;

    private static final long FIRST_BUCKET = TimeUnit.MICROSECONDS.toNanos(10);

    private LoadReport() {}

    /** One line of JSON, for a load that has just ended: the harness looks up what the machine measured meanwhile. */
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
            json.writeNumberField("ended", System.currentTimeMillis() / 1000.0);
            for (Map.Entry<String, Number> figure : Figures.of(result).entrySet()) {
                json.writeFieldName(figure.getKey());
                json.writeNumber(figure.getValue().toString());
            }
            json.writeFieldName("details");
            json.writeRawValue(details);
            json.writeObjectFieldStart("failures");
            for (Map.Entry<String, Integer> failure : result.failures().entrySet()) {
                json.writeNumberField(failure.getKey(), failure.getValue());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("histograms");
            histogram(json, "ttft", result.ttft());
            histogram(json, "itl", result.itl());
            histogram(json, "e2el", result.e2el());
            json.writeEndObject();
            json.writeEndObject();
        }
        return text.toString();
    }

    /** Pairs of a bucket's upper bound in milliseconds and the number of values in it; empty buckets are left out. */
    private static void histogram(JsonGenerator json, String name, Samples values) throws IOException {
        TreeMap<Integer, Integer> buckets = new TreeMap<>();
        values.forEachSorted(value -> buckets.merge(bucket(value), 1, Integer::sum));
        json.writeArrayFieldStart(name);
        for (Map.Entry<Integer, Integer> bucket : buckets.entrySet()) {
            json.writeStartArray();
            json.writeNumber(Figures.milliseconds(FIRST_BUCKET * Math.pow(BUCKET_RATIO, bucket.getKey())));
            json.writeNumber(bucket.getValue());
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    /** The number of the first bucket that reaches up to a value. */
    private static int bucket(long value) {
        return value <= FIRST_BUCKET
                ? 0
                : (int) Math.ceil(Math.log((double) value / FIRST_BUCKET) / Math.log(BUCKET_RATIO));
    }

    private static double percentile(Samples values, double percentile) {
        return Figures.milliseconds(values.percentile(percentile));
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
                        Figures.seconds(result),
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

    private static void row(StringBuilder text, String name, Samples values) {
        text.append(String.format(
                Locale.ROOT,
                "%n    %-4s mean %9.2f   p50 %9.2f   p90 %9.2f   p99 %9.2f ms",
                name,
                Figures.milliseconds(values.mean()),
                percentile(values, 50),
                percentile(values, 90),
                percentile(values, 99)));
    }
}
