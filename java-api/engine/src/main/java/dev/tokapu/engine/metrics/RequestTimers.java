package dev.tokapu.engine.metrics;

import dev.tokapu.Model;
import dev.tokapu.engine.FinishedRequest;
import dev.tokapu.engine.RequestTimings;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Timers of Micrometer for what happens once for an answer, a score or an embedding, with OpenTelemetry's names and tags.
 *
 * <p>Thread safety: safe.
 */
final class RequestTimers {

    private static final String PREFIX = "gen_ai.server.";

    private final MeterRegistry registry;
    private final Tags tags;
    private final Set<Meter> used = ConcurrentHashMap.newKeySet();

    RequestTimers(Model model, Tags tags, MeterRegistry registry) {
        this.registry = registry;
        this.tags = tags.and(
                "gen_ai.provider.name",
                "tokapu",
                "gen_ai.request.model",
                model.info().name().orElse("unknown"));
    }

    /** What did not happen to it is not recorded. */
    void ended(FinishedRequest request) {
        RequestTimings timings = request.timings();
        Tags all = tags.and("gen_ai.operation.name", request.operation().tag());
        record("tokapu.engine.queue.time", "from submission to admission", all, timings.queue());
        record(PREFIX + "time_to_first_token", "from submission to the first token", all, timings.firstToken());
        record(
                PREFIX + "time_per_output_token",
                "between two tokens of an answer, on average",
                all,
                timings.perToken());
        record(
                PREFIX + "request.duration",
                "from submission to the end",
                all.and("error.type", error(request)),
                timings.total());
    }

    /** A series has the same tags whatever happened, as some registries want it. */
    private static String error(FinishedRequest request) {
        Throwable failure = request.failure();
        if (failure != null) {
            return failure.getClass().getName();
        }
        return switch (request.outcome()) {
            case CANCELLED -> "cancelled";
            case EXPIRED -> "timeout";
            default -> "none";
        };
    }

    private void record(String name, String description, Tags all, Duration duration) {
        if (duration.isZero()) {
            return;
        }
        Timer timer = Timer.builder(name).description(description).tags(all).register(registry);
        used.add(timer);
        timer.record(duration);
    }

    void close() {
        used.forEach(registry::remove);
        used.clear();
    }
}
