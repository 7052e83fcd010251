package dev.tokapu.benchmarks.prefix;

import dev.tokapu.Model;
import dev.tokapu.benchmarks.load.EngineSettings;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineSnapshot;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.PrefixCacheSnapshot;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.Sampler;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** An engine in this process. */
final class EngineAnswering implements Answering {

    private final Model model;
    private final EngineSettings settings;
    private final AtomicLong mostCells = new AtomicLong();
    private Engine engine;
    private PrefixCacheSnapshot before;

    EngineAnswering(EngineSettings settings) {
        this.settings = settings;
        model = Model.load(settings.model());
        engine = settings.start(List.of(model));
        before = engine.prefixCache().snapshot();
    }

    @Override
    public Answer answer(int[] prompt, int tokens, Consumer<int[]> soFar) {
        Request request = Request.builder(prompt)
                .samplers(Sampler.greedy())
                .ignoreEnd(true)
                .maxTokens(tokens)
                .build();
        long sent = System.nanoTime();
        long first = 0;
        Generation generation = engine.submit(request);
        for (String ignored : generation) {
            first = first == 0 ? System.nanoTime() : first;
            soFar.accept(generation.tokens());
        }
        mostCells.accumulateAndGet(engine.prefixCache().snapshot().kvTokens(), Math::max);
        int cached = generation.usage().cachedTokens();
        return new Answer(generation.tokens(), cached, sent, first == 0 ? System.nanoTime() : first);
    }

    @Override
    public void restart() {
        engine.close();
        engine = settings.start(List.of(model));
        before = engine.prefixCache().snapshot();
    }

    @Override
    public void forget() {
        engine.prefixCache().clear();
        before = engine.prefixCache().snapshot();
        mostCells.set(0);
    }

    @Override
    public String details() {
        EngineSnapshot steps = engine.snapshot();
        PrefixCacheSnapshot now = engine.prefixCache().snapshot();
        return String.format(
                Locale.ROOT,
                "{\"hits\": %d, \"kept_tokens\": %d, \"evicted_tokens\": %d, \"restored_tokens\": %d, \"host_prefixes\": %d,"
                        + " \"kept_sequences\": %d, \"most_kv_tokens\": %d, \"kv_size\": %d, \"steps\": %d, \"plan_ms\": %.1f, \"decode_ms\": %.1f}",
                now.hits() - before.hits(),
                now.keptTokens() - before.keptTokens(),
                now.evictedTokens() - before.evictedTokens(),
                now.restoredTokens() - before.restoredTokens(),
                now.hostPrefixes(),
                now.sequences(),
                mostCells.get(),
                steps.contextSize(),
                steps.steps(),
                steps.planNanos() / 1e6,
                steps.decodeNanos() / 1e6);
    }

    @Override
    public void close() {
        engine.close();
        model.close();
    }
}
