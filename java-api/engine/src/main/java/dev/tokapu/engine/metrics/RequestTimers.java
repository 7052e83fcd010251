package dev.tokapu.engine.metrics;

import dev.tokapu.Model;
import dev.tokapu.engine.FinishedRequest;
import dev.tokapu.engine.RequestTimings;
import dev.tokapu.text.FinishReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Meters of what happens once for an answer, a score or an embedding, with OpenTelemetry's names and tags where it has some.
 *
 * <p>Thread safety: safe.
 */
final class RequestTimers {

    private static final String PREFIX = "gen_ai.server.";

    private final MeterRegistry registry;
    private final Tags tags;
    private final Set<Meter> used = new HashSet<>(); // guarded by this
    private boolean closed; // guarded by this

    RequestTimers(Model model, Tags tags, MeterRegistry registry) {
        this.registry = registry;
        this.tags = tags.and(
                "gen_ai.provider.name",
                "tokapu",
                "gen_ai.request.model",
                model.info().name().orElse("unknown"));
    }

    /** What did not happen to it is not recorded. */
    synchronized void ended(FinishedRequest request) {
        if (closed) {
            return;
        }
        RequestTimings timings = request.timings();
        Tags all = tags.and("gen_ai.operation.name", request.operation().tag());
        record("tokapu.engine.queue.time", "from submission to admission", all, timings.queue());
        record("tokapu.engine.prefill.time", "from admission to the end of the prompt", all, timings.prefill());
        record(PREFIX + "time_to_first_token", "from submission to the first token", all, timings.firstToken());
        record(
                PREFIX + "time_per_output_token",
                "between two tokens of an answer, on average",
                all,
                timings.perToken());
        if (!timings.firstToken().isZero()) {
            Duration decode = timings.total().minus(timings.firstToken());
            record("tokapu.engine.decode.time", "from the first token to the end of an answer", all, decode);
        }
        tokens(all.and("type", "prompt"), request.usage().promptTokens());
        tokens(all.and("type", "generated"), request.usage().generatedTokens());
        count(all, request);
        record(
                PREFIX + "request.duration",
                "from submission to the end",
                all.and("error.type", error(request)),
                timings.total());
    }

    /** A series has the same tags whatever happened, as some registries want it. */
    private static String error(FinishedRequest request) {
        String error = request.errorType();
        return error == null ? "none" : error;
    }

    private void tokens(Tags all, int count) {
        if (count > 0) {
            DistributionSummary summary = DistributionSummary.builder("tokapu.engine.request.tokens")
                    .description("tokens of a prompt, cached ones included, and of an answer")
                    .tags(all)
                    .register(registry);
            used.add(summary);
            summary.record(count);
        }
    }

    /** Scores and embeddings that were computed have no reason. */
    private void count(Tags all, FinishedRequest request) {
        FinishReason reason = request.finishReason();
        if (reason == null && request.failure() == null) {
            return;
        }
        Counter counter = Counter.builder("tokapu.engine.finished")
                .description("answers by the reason of their end")
                .tags(all.and(
                        "reason", reason == null ? "failed" : reason.name().toLowerCase(Locale.ROOT)))
                .register(registry);
        used.add(counter);
        counter.increment();
    }

    private void record(String name, String description, Tags all, Duration duration) {
        if (duration.isZero()) {
            return;
        }
        Timer timer = Timer.builder(name).description(description).tags(all).register(registry);
        used.add(timer);
        timer.record(duration);
    }

    /** A request that ends now leaves no meters. */
    synchronized void close() {
        closed = true;
        used.forEach(registry::remove);
        used.clear();
    }
}
