package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an observer of the prefix cache is told. */
@Timeout(300)
class PrefixCacheEventsIT {

    @TinyModel
    private static Model model;

    private static Engine start() {
        return Engine.start(
                model,
                EngineFixture.options()
                        .kvLayout(KvCacheLayout.SPLIT)
                        .maxSequences(2)
                        .prefixCache(PrefixCacheOptions.defaults()
                                .withHostMemory(1 << 26)
                                .withAllSaved(true))
                        .build());
    }

    @Test
    void observer_isToldWhatComesAndGoes() {
        try (Engine engine = start()) {
            PrefixCacheIT.answer(model, engine, PrefixCacheIT.prompt(1));
            EngineFixture.awaitIdle(engine);
            Map<Long, PrefixCacheEvent> present = new ConcurrentHashMap<>();
            Runnable end = engine.prefixCache().observe(event -> {
                if (event.kind() == PrefixCacheEvent.Kind.STORED) {
                    present.put(event.entry().id(), event);
                } else {
                    present.remove(event.entry().id());
                }
            });
            EngineFixture.await("what was there", () -> present.size() == 1);
            PrefixCacheEvent first = present.values().iterator().next();
            assertThat(first.tokens()).hasSize(first.entry().tokens()).startsWith(PrefixCacheIT.prompt(1));
            assertThat(first.adapters()).isEqualTo(LoraSet.NONE);
            for (int seed = 2; seed < 6; seed++) {
                PrefixCacheIT.answer(model, engine, PrefixCacheIT.prompt(seed));
            }
            EngineFixture.awaitIdle(engine);
            List<Long> kept = engine.prefixCache().entries().stream()
                    .map(CachedPrefix::id)
                    .toList();
            assertThat(kept).as("what is saved ahead is in two tiers").hasSizeBetween(5, 10);
            EngineFixture.await("what is there", () -> present.keySet().equals(Set.copyOf(kept)));
            engine.prefixCache().clear();
            EngineFixture.await("nothing", present::isEmpty);
            end.run();
            EngineFixture.awaitIdle(engine);
            PrefixCacheIT.answer(model, engine, PrefixCacheIT.prompt(1));
            EngineFixture.awaitIdle(engine);
            assertThat(present).isEmpty();
        }
    }

    @Test
    void observerThatThrows_isAskedAgainAndTheEngineGoesOn() {
        AtomicInteger asked = new AtomicInteger();
        List<PrefixCacheEvent> seen = new CopyOnWriteArrayList<>();
        try (Engine engine = start()) {
            engine.prefixCache().observe(event -> {
                asked.incrementAndGet();
                throw new IllegalStateException("a test");
            });
            engine.prefixCache().observe(seen::add);
            PrefixCacheIT.answer(model, engine, PrefixCacheIT.prompt(1));
            EngineFixture.await("one event", () -> asked.get() == 1 && seen.size() == 1);
            PrefixCacheIT.answer(model, engine, PrefixCacheIT.prompt(2));
            EngineFixture.await("more events", () -> asked.get() >= 2 && seen.size() >= 2);
            EngineFixture.awaitIdle(engine);
        }
    }
}
