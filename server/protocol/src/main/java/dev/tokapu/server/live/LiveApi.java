package dev.tokapu.server.live;

import dev.tokapu.device.Device;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineReplica;
import dev.tokapu.engine.EngineSnapshot;
import dev.tokapu.engine.LatencySnapshot;
import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.CallRecord;
import dev.tokapu.server.api.RecentCalls;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.text.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * /tokapu/engine, for the page: what the engines do and have done, and the caller's own requests without what they say.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class LiveApi implements Api {

    private static final int MOST_REQUESTS = 100;
    private static final double NANOS_PER_MILLI = 1e6;

    private final RecentCalls calls;

    /**
     * Creates it.
     *
     * @param calls the calls, as a {@link dev.tokapu.server.api.Dispatcher} notes them
     */
    public LiveApi(RecentCalls calls) {
        this.calls = calls;
    }

    @Override
    public void addTo(Routes routes) {
        routes.add(this, "GET", "/tokapu/engine", this::tell);
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return JsonText.write(Map.of("error", problem.message()));
    }

    private void tell(Call call) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time", System.currentTimeMillis());
        json.put("models", engines(call));
        json.put(
                "requests",
                calls.of(call.caller().tenant(), MOST_REQUESTS).stream()
                        .map(LiveApi::request)
                        .toList());
        call.respond(json);
    }

    /** Those that are loaded; an adapter has the engine of its model. */
    private static List<Map<String, Object>> engines(Call call) {
        List<Map<String, Object>> engines = new ArrayList<>();
        Set<Engine> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (ModelEntry entry : call.models()) {
            ServedModel model = entry.loaded();
            if (model != null && seen.add(model.engine())) {
                engines.add(engine(model));
            }
        }
        return engines;
    }

    private static Map<String, Object> engine(ServedModel model) {
        Engine engine = model.engine();
        EngineSnapshot now = engine.snapshot();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", model.name());
        json.put("waiting", now.waiting());
        json.put("running", now.running());
        json.put("generating", now.generating());
        json.put("max_sequences", now.maxSequences());
        json.put("context_size", now.contextSize());
        json.put("sequence_context_size", engine.sequenceContextSize());
        json.put("reserved_tokens", now.reservedTokens());
        json.put("submitted", now.submitted());
        json.put("completed", now.completed());
        json.put("rejected", now.rejected());
        json.put("cancelled", now.cancelled());
        json.put("expired", now.expired());
        json.put("failed", now.failed());
        json.put("prompt_tokens", now.promptTokens());
        json.put("generated_tokens", now.generatedTokens());
        json.put("queue_time", latency(now.queueTime()));
        json.put("first_token", latency(now.firstToken()));
        json.put("between_tokens", latency(now.betweenTokens()));
        json.put("end_to_end", latency(now.endToEnd()));
        json.put("step_time", latency(now.stepTime()));
        json.put("replicas", engine.replicas().stream().map(LiveApi::replica).toList());
        return json;
    }

    private static Map<String, Object> replica(EngineReplica replica) {
        EngineSnapshot now = replica.snapshot();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("devices", replica.devices().stream().map(Device::name).toList());
        json.put("state", replica.state().name().toLowerCase(Locale.ROOT));
        json.put("waiting", now.waiting());
        json.put("running", now.running());
        json.put("generating", now.generating());
        json.put("max_sequences", now.maxSequences());
        json.put("reserved_tokens", now.reservedTokens());
        json.put("context_size", now.contextSize());
        return json;
    }

    private static Map<String, Object> latency(LatencySnapshot of) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("count", of.count());
        json.put("total_ms", of.totalNanos() / NANOS_PER_MILLI);
        json.put("p50_ms", of.p50Nanos() / NANOS_PER_MILLI);
        json.put("p90_ms", of.p90Nanos() / NANOS_PER_MILLI);
        json.put("p99_ms", of.p99Nanos() / NANOS_PER_MILLI);
        json.put("max_ms", of.maxNanos() / NANOS_PER_MILLI);
        return json;
    }

    private static Map<String, @Nullable Object> request(CallRecord call) {
        Usage usage = call.usage();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", call.id());
        json.put("path", call.path());
        json.put("model", call.model());
        json.put("state", state(call, usage));
        json.put("status", call.status());
        json.put("began", call.began().toEpochMilli());
        json.put("seconds", call.time().toNanos() / 1e9);
        json.put("prompt_tokens", usage.promptTokens());
        json.put("cached_tokens", usage.cachedTokens());
        json.put("generated_tokens", usage.generatedTokens());
        return json;
    }

    private static String state(CallRecord call, Usage usage) {
        if (call.status() != null) {
            return "ended";
        }
        if (!call.isSubmitted()) {
            return "preparing";
        }
        return usage.generatedTokens() == 0 ? "waiting" : "generating";
    }
}
