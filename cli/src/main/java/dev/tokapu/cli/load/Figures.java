package dev.tokapu.cli.load;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The figures of a load under the names of {@code vllm bench serve}: times in milliseconds, the duration in seconds. */
public final class Figures {

    private static final double[] PERCENTILES = {50, 90, 99, 99.9};

    private Figures() {}

    /** {@return numbers by name, in the order to show them} */
    public static Map<String, Number> of(Result result) {
        Map<String, Number> figures = new LinkedHashMap<>();
        figures.put("duration", seconds(result));
        figures.put("completed", result.completed());
        figures.put("rejected", result.rejected());
        figures.put("failed", result.failed());
        figures.put("total_input_tokens", result.inputTokens());
        figures.put("total_output_tokens", result.outputTokens());
        figures.put("request_throughput", result.perSecond(result.completed()));
        figures.put("output_throughput", result.perSecond((double) result.outputTokens()));
        figures.put("total_token_throughput", result.perSecond((double) result.inputTokens() + result.outputTokens()));
        if (!result.goal().equals(Goal.NONE)) {
            figures.put("request_goodput", result.perSecond(result.good()));
        }
        times(figures, "ttft", result.ttft());
        times(figures, "tpot", result.tpot());
        times(figures, "itl", result.itl());
        times(figures, "e2el", result.e2el());
        return figures;
    }

    /** {@return how long the load took} */
    public static double seconds(Result result) {
        return result.duration() / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** {@return nanoseconds as milliseconds} */
    public static double milliseconds(double nanoseconds) {
        return nanoseconds / TimeUnit.MILLISECONDS.toNanos(1);
    }

    private static void times(Map<String, Number> figures, String name, Samples values) {
        figures.put("mean_" + name + "_ms", milliseconds(values.mean()));
        figures.put("max_" + name + "_ms", milliseconds(values.max()));
        for (double percentile : PERCENTILES) {
            figures.put(key(percentile) + '_' + name + "_ms", milliseconds(values.percentile(percentile)));
        }
    }

    private static String key(double percentile) {
        return "p"
                + (percentile == Math.rint(percentile)
                        ? Long.toString((long) percentile)
                        : Double.toString(percentile));
    }
}
