package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an engine keeps, looked at and changed by hand. */
@Timeout(300)
class PrefixEntriesIT {

    @TinyModel
    private static Model model;

    @Test
    void pinned_entries_stayUntilNothingElseMakesRoom() {
        EngineOptions options = EngineFixture.options()
                .kvLayout(KvCacheLayout.SPLIT)
                .maxSequences(1)
                .build();
        try (Engine engine = Engine.start(model, options)) {
            PrefixCache cache = engine.prefixCache();
            cache.warm(PrefixRequest.of(new Prompt.Tokens(PrefixCacheIT.prompt(1))))
                    .join();
            EngineFixture.awaitIdle(engine);
            CachedPrefix entry = cache.entries().get(0);
            assertThat(cache.unpin(entry)).isTrue();
            assertThat(cache.pin(entry)).isTrue();
            // The one sequence that there is: it goes, rather than the request waits for ever.
            assertThat(PrefixCacheIT.answer(model, engine, PrefixCacheIT.prompt(2))
                            .cachedTokens())
                    .isZero();
            assertThat(cache.pin(entry)).isFalse();
            assertThat(cache.evict(entry)).isFalse();
        }
    }

    @Test
    void warm_sameBeginningAgain_isPinnedOnce() {
        for (KvCacheLayout layout : List.of(KvCacheLayout.SPLIT, KvCacheLayout.UNIFIED)) {
            try (Engine engine = PrefixCacheIT.start(model, layout)) {
                for (int i = 0; i < 5; i++) {
                    engine.prefixCache()
                            .warm(PrefixRequest.of(new Prompt.Tokens(PrefixCacheIT.prompt(1))))
                            .join();
                }
                EngineFixture.awaitIdle(engine);
                assertThat(engine.prefixCache().entries())
                        .filteredOn(CachedPrefix::pinned)
                        .hasSize(1);
            }
        }
    }

    @Test
    @SuppressWarnings("NullAway") // what Java code without its checks may do
    void null_isRefusedAndTheEngineGoesOn() {
        try (Engine engine = PrefixCacheIT.start(model, KvCacheLayout.AUTO)) {
            PrefixCache cache = engine.prefixCache();
            assertThatThrownBy(() -> cache.pin(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> cache.unpin(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> cache.evict(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> cache.evictTenant(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> cache.warm(null)).isInstanceOf(NullPointerException.class);
            assertThat(PrefixCacheIT.answer(model, engine, PrefixCacheIT.prompt(1))
                            .cachedTokens())
                    .isZero();
        }
    }

    @Test
    void clear_leavesNothing() {
        try (Engine engine = PrefixCacheIT.start(model, KvCacheLayout.AUTO)) {
            PrefixCacheIT.answer(model, engine, PrefixCacheIT.prompt(1));
            PrefixCacheIT.answer(model, engine, PrefixCacheIT.prompt(2));
            EngineFixture.awaitIdle(engine);
            assertThat(engine.prefixCache().clear()).isEqualTo(2);
            EngineFixture.awaitIdle(engine);
            assertThat(engine.prefixCache().entries()).isEmpty();
            EngineFixture.await(
                    "no tokens", () -> engine.prefixCache().snapshot().kvTokens() == 0);
        }
    }

    @Test
    void evictTenant_rightAfterAnAnswer_leavesNothingOfIt() {
        for (KvCacheLayout layout : List.of(KvCacheLayout.SPLIT, KvCacheLayout.UNIFIED)) {
            try (Engine engine = PrefixCacheIT.start(model, layout)) {
                for (int i = 0; i < 30; i++) {
                    Generation answer = engine.submit(EngineFixture.greedy(PrefixCacheIT.prompt(i))
                            .maxTokens(1 + i % 3)
                            .tenant("ada")
                            .build());
                    if (i % 5 == 0) {
                        answer.cancel();
                    }
                    answer.text();
                    engine.prefixCache().evictTenant("ada");
                    EngineFixture.awaitIdle(engine);
                    assertThat(engine.prefixCache().entries()).isEmpty();
                }
            }
        }
    }

    @Test
    void closedEngine_refuses() {
        Engine engine = PrefixCacheIT.start(model, KvCacheLayout.AUTO);
        engine.close();
        assertThatThrownBy(() -> engine.prefixCache().entries())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
