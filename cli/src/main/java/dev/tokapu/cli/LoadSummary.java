package dev.tokapu.cli;

import dev.tokapu.cli.load.Arrivals;
import dev.tokapu.cli.load.Figures;
import dev.tokapu.cli.load.Goal;
import dev.tokapu.cli.load.Result;
import dev.tokapu.cli.load.Samples;
import dev.tokapu.cli.load.ServerTarget;
import dev.tokapu.cli.load.Workload;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What is shown of a load.
 *
 * @param settings what was asked of whom
 * @param arrivals when
 * @param workload the requests
 * @param requests how many
 */
record LoadSummary(ServerTarget.Settings settings, Arrivals arrivals, Workload workload, int requests) {

    /** What is about to be done. */
    String title() {
        String when = arrivals instanceof Arrivals.Poisson poisson
                ? poisson.requestsPerSecond() + " a second"
                : "by " + users() + (users() == 1 ? " user" : " users");
        return String.format(
                Locale.ROOT,
                "%s, %s: %d requests %s, prompts of about %s tokens, answers of %s%s tokens",
                settings.server(),
                settings.model(),
                requests,
                when,
                workload.input(),
                settings.ignoreEos() ? "" : "at most ",
                workload.output());
    }

    private int users() {
        return arrivals instanceof Arrivals.Closed closed ? closed.concurrency() : 0;
    }

    /** For a person. */
    String text(Result result) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "Requests    %d answered, %d refused, %d failed in %.2f s%n"
                        + "Throughput  %.2f requests/s, %.1f output tokens/s, %.1f tokens/s%n",
                result.completed(),
                result.rejected(),
                result.failed(),
                Figures.seconds(result),
                result.perSecond(result.completed()),
                result.perSecond((double) result.outputTokens()),
                result.perSecond((double) result.inputTokens() + result.outputTokens())));
        if (!result.goal().equals(Goal.NONE)) {
            text.append(String.format(
                    Locale.ROOT,
                    "Goodput     %.2f requests/s, %d of %d%n",
                    result.perSecond(result.good()),
                    result.good(),
                    result.completed()));
        }
        Table times = new Table("ms", "mean", "p50", "p90", "p99");
        row(times, "TTFT", result.ttft());
        row(times, "TPOT", result.tpot());
        row(times, "ITL", result.itl());
        row(times, "E2EL", result.e2el());
        text.append('\n').append(times);
        if (!result.failures().isEmpty()) {
            Table errors = new Table("error", "requests");
            result.failures().forEach((message, count) -> errors.add(message, Integer.toString(count)));
            text.append('\n').append(errors);
        }
        return text.toString();
    }

    private static void row(Table table, String name, Samples values) {
        table.add(
                name,
                cell(values, values.mean()),
                cell(values, values.percentile(50)),
                cell(values, values.percentile(90)),
                cell(values, values.percentile(99)));
    }

    private static String cell(Samples values, double nanoseconds) {
        return values.count() == 0 ? "-" : String.format(Locale.ROOT, "%.2f", Figures.milliseconds(nanoseconds));
    }

    /** One JSON object with the names of {@code vllm bench serve}. */
    String json(Result result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("target", settings.server().toString());
        json.put("model_id", settings.model());
        json.put("endpoint", settings.chat() ? "chat" : "completions");
        json.put("ignore_eos", settings.ignoreEos());
        if (arrivals instanceof Arrivals.Poisson poisson) {
            json.put("request_rate", poisson.requestsPerSecond());
        } else {
            json.put("max_concurrency", users());
        }
        json.put("input_len", workload.input().toString());
        json.put("output_len", workload.output().toString());
        json.put("seed", workload.seed());
        json.put("num_prompts", requests);
        json.putAll(Figures.of(result));
        json.put("failures", result.failures());
        return Json.of(json);
    }
}
