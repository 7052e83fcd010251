package dev.tokapu.engine.metrics;

import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineSnapshot;
import dev.tokapu.engine.LatencySnapshot;
import dev.tokapu.engine.PrefixCacheSnapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The numbers of an {@link Engine} as meters of Micrometer, which is an optional dependency: without it, leave this class alone.
 *
 * <pre>{@code
 * new EngineMetrics(engine).bindTo(registry);
 * }</pre>
 *
 * <p>What happens once for an answer, a score or an embedding is a timer, recorded at its end on a thread for callbacks; what happens at each
 * step or token is only read, when the registry asks, from what the engine counts anyway. So no registry can slow a step.
 *
 * <p>Names are those of OpenTelemetry for servers of generative models where there is one ({@code gen_ai.server.}), else they begin
 * with {@code tokapu.engine.}; docs/engine.md lists them. Tenants are no tags: there may be any number of them.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
@SuppressWarnings("exports") // who uses it requires Micrometer anyway, who does not must not have to
public final class EngineMetrics implements MeterBinder, AutoCloseable {

    private final Engine engine;
    private final Tags tags;
    private final List<Runnable> undo = new CopyOnWriteArrayList<>();

    /**
     * Meters without further tags.
     *
     * @param engine the engine; meters do not keep it alive
     */
    public EngineMetrics(Engine engine) {
        this(engine, List.of());
    }

    /**
     * Meters with further tags.
     *
     * @param engine the engine; meters do not keep it alive
     * @param tags for all of them; what tells engines apart if there are several
     */
    public EngineMetrics(Engine engine, Iterable<Tag> tags) {
        this.engine = engine;
        this.tags = Tags.of(tags);
    }

    /**
     * Adds the meters to a registry.
     *
     * @param registry the registry
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        RequestTimers timers = new RequestTimers(engine.model(), tags, registry);
        undo.add(engine.observe(timers::ended));
        undo.add(timers::close);
        requests(registry);
        tokens(registry);
        occupancy(registry);
        prefixCache(registry);
        steps(registry);
        ReplicaGauges.of(engine, tags, registry).forEach(gauge -> added(registry, gauge));
    }

    private void requests(MeterRegistry registry) {
        count(registry, "requests.submitted", "requests taken", tags, EngineSnapshot::submitted);
        count(
                registry,
                "requests.rejected",
                "requests refused because the queue was full",
                tags,
                EngineSnapshot::rejected);
        String answers = "answers, scores and embeddings that ended";
        count(registry, "answers", answers, tags.and("outcome", "completed"), EngineSnapshot::completed);
        count(registry, "answers", answers, tags.and("outcome", "cancelled"), EngineSnapshot::cancelled);
        count(registry, "answers", answers, tags.and("outcome", "expired"), EngineSnapshot::expired);
        count(registry, "answers", answers, tags.and("outcome", "failed"), EngineSnapshot::failed);
        count(
                registry,
                "preemptions",
                "sequences taken from requests that are computed again",
                tags,
                EngineSnapshot::preemptions);
        count(registry, "hangs", "steps that the watchdog reported", tags, EngineSnapshot::hangs);
    }

    private void tokens(MeterRegistry registry) {
        String computed = "tokens computed";
        count(registry, "tokens", computed, tags.and("type", "prompt"), EngineSnapshot::promptTokens);
        count(registry, "tokens", computed, tags.and("type", "generated"), EngineSnapshot::generatedTokens);
        drafts(registry, "drafted", "model", EngineSnapshot::modelDraftedTokens);
        drafts(registry, "accepted", "model", EngineSnapshot::modelAcceptedTokens);
        drafts(registry, "drafted", "ngram", e -> e.draftedTokens() - e.modelDraftedTokens());
        drafts(registry, "accepted", "ngram", e -> e.acceptedTokens() - e.modelAcceptedTokens());
    }

    private void drafts(MeterRegistry registry, String type, String kind, ToDoubleFunction<EngineSnapshot> tokens) {
        count(
                registry,
                "speculation.tokens",
                "tokens that were drafted ahead of the model, and those of them that were right",
                tags.and("type", type, "kind", kind),
                tokens);
    }

    private void occupancy(MeterRegistry registry) {
        gauge(registry, "requests.waiting", "requests that wait to be admitted", EngineSnapshot::waiting);
        gauge(registry, "requests.running", "requests that are prefilled or generated", EngineSnapshot::running);
        gauge(registry, "sequences.generating", "answers that generate", EngineSnapshot::generating);
        gauge(registry, "sequences.max", "answers that may generate at the same time", EngineSnapshot::maxSequences);
        gauge(
                registry,
                "batch.usage",
                "part of the sequences that generates, 0 to 1",
                e -> (double) e.generating() / e.maxSequences());
        gauge(registry, "kv.reserved", "tokens of the KV cache that are reserved", EngineSnapshot::reservedTokens);
        gauge(registry, "kv.size", "tokens that the KV cache holds", EngineSnapshot::contextSize);
        gauge(
                registry,
                "kv.usage",
                "part of the KV cache that is reserved, 0 to 1",
                e -> (double) e.reservedTokens() / e.contextSize());
    }

    private void prefixCache(MeterRegistry registry) {
        String tokens = "tokens of prompts, those of them that were cached and restored, tokens kept and evicted";
        cacheTokens(registry, "prompt", tokens, PrefixCacheSnapshot::promptTokens);
        cacheTokens(registry, "cached", tokens, PrefixCacheSnapshot::cachedTokens);
        cacheTokens(registry, "restored", tokens, PrefixCacheSnapshot::restoredTokens);
        cacheTokens(registry, "kept", tokens, PrefixCacheSnapshot::keptTokens);
        cacheTokens(registry, "evicted", tokens, PrefixCacheSnapshot::evictedTokens);
        reading(
                registry,
                "prefix.cache.sequences",
                "sequences kept after the end of their requests",
                e -> e.prefixCache().snapshot().sequences());
        reading(
                registry,
                "prefix.cache.host.bytes",
                "host memory that kept prefixes take",
                e -> e.prefixCache().snapshot().hostBytes());
        reading(
                registry,
                "prefix.cache.disk.bytes",
                "what the files of the prefix cache take",
                e -> e.prefixCache().snapshot().diskBytes());
        reading(
                registry,
                "kv.used",
                "tokens in the KV cache, of live and kept sequences",
                e -> e.prefixCache().snapshot().kvTokens());
    }

    private void cacheTokens(
            MeterRegistry registry, String type, String description, ToLongFunction<PrefixCacheSnapshot> value) {
        counter(
                registry,
                "prefix.cache.tokens",
                description,
                tags.and("type", type),
                e -> value.applyAsLong(e.prefixCache().snapshot()));
    }

    private void steps(MeterRegistry registry) {
        latency(registry, "step.time", "a step", EngineSnapshot::stepTime);
        latency(registry, "inter.token.time", "between two tokens of an answer", EngineSnapshot::betweenTokens);
        part(registry, "draft", EngineSnapshot::draftNanos);
        part(registry, "plan", EngineSnapshot::planNanos);
        part(registry, "decode", EngineSnapshot::decodeNanos);
        part(registry, "sample", EngineSnapshot::sampleNanos);
        part(registry, "deliver", EngineSnapshot::deliverNanos);
    }

    private void part(MeterRegistry registry, String part, ToLongFunction<EngineSnapshot> nanos) {
        added(
                registry,
                FunctionTimer.builder(
                                "tokapu.engine.step.part",
                                engine,
                                e -> e.snapshot().steps(),
                                e -> nanos.applyAsLong(e.snapshot()),
                                TimeUnit.NANOSECONDS)
                        .description("the parts of steps")
                        .tags(tags.and("part", part))
                        .register(registry));
    }

    private void latency(
            MeterRegistry registry,
            String name,
            String description,
            Function<EngineSnapshot, LatencySnapshot> latency) {
        added(
                registry,
                FunctionTimer.builder(
                                "tokapu.engine." + name,
                                engine,
                                e -> latency.apply(e.snapshot()).count(),
                                e -> latency.apply(e.snapshot()).totalNanos(),
                                TimeUnit.NANOSECONDS)
                        .description(description)
                        .tags(tags)
                        .register(registry));
        percentile(registry, name, "0.5", e -> latency.apply(e.snapshot()).p50Nanos());
        percentile(registry, name, "0.9", e -> latency.apply(e.snapshot()).p90Nanos());
        percentile(registry, name, "0.99", e -> latency.apply(e.snapshot()).p99Nanos());
        percentile(registry, name, "1", e -> latency.apply(e.snapshot()).maxNanos());
    }

    private void percentile(MeterRegistry registry, String name, String phi, ToDoubleFunction<Engine> nanos) {
        added(
                registry,
                TimeGauge.builder("tokapu.engine." + name + ".percentile", engine, TimeUnit.NANOSECONDS, nanos)
                        .description("since the engine was started")
                        .tags(tags.and("phi", phi))
                        .register(registry));
    }

    private void count(
            MeterRegistry registry, String name, String description, Tags all, ToDoubleFunction<EngineSnapshot> value) {
        counter(registry, name, description, all, e -> value.applyAsDouble(e.snapshot()));
    }

    private void counter(
            MeterRegistry registry, String name, String description, Tags all, ToDoubleFunction<Engine> value) {
        added(
                registry,
                FunctionCounter.builder("tokapu.engine." + name, engine, value)
                        .description(description)
                        .tags(all)
                        .register(registry));
    }

    private void gauge(
            MeterRegistry registry, String name, String description, ToDoubleFunction<EngineSnapshot> value) {
        reading(registry, name, description, e -> value.applyAsDouble(e.snapshot()));
    }

    private void reading(MeterRegistry registry, String name, String description, ToDoubleFunction<Engine> value) {
        added(
                registry,
                Gauge.builder("tokapu.engine." + name, engine, value)
                        .description(description)
                        .tags(tags)
                        .register(registry));
    }

    private void added(MeterRegistry registry, Meter meter) {
        undo.add(() -> registry.remove(meter));
    }

    /** Takes the meters out of their registries; the engine goes on. Idempotent. */
    @Override
    public void close() {
        undo.forEach(Runnable::run);
        undo.clear();
    }
}
