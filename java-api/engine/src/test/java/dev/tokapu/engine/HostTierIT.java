package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.testsupport.TinyMemoryGguf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What has no room in the KV cache is in host memory, and comes back. */
@Timeout(300)
class HostTierIT {

    private static final int CONVERSATIONS = 6;
    static final int PROMPT = 60;
    static final int ANSWER = 6;
    private static final int LISTENED = 150;
    private static final long MIB = 1 << 20;

    @TinyModel
    private static Model model;

    /** KV cache for two of the conversations. */
    private static Engine start(Model model, KvCacheLayout layout, long bytes) {
        return start(model, layout, bytes, 256);
    }

    private static Engine start(Model model, KvCacheLayout layout, long bytes, int kvTokens) {
        EngineOptions.Builder options = EngineFixture.options()
                .kvLayout(layout)
                .maxSequences(2)
                .prefixCache(PrefixCacheOptions.defaults().withHostMemory(bytes).withAllSaved(true));
        return Engine.start(model, (layout == KvCacheLayout.UNIFIED ? options.kvTokens(kvTokens) : options).build());
    }

    static int[] prompt(int conversation) {
        return IntStream.range(0, PROMPT)
                .map(i -> 3 + (i * 7 + conversation) % 23)
                .toArray();
    }

    private static int[] next(int[] prompt, int[] answer, int... more) {
        return IntStream.concat(IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer)), Arrays.stream(more))
                .toArray();
    }

    static Generation answer(Model model, Engine engine, int[] prompt, String tenant) {
        Generation generation = engine.submit(
                EngineFixture.greedy(prompt).maxTokens(ANSWER).tenant(tenant).build());
        generation.text();
        EngineIT.assertGreedy(model, prompt, generation.tokens());
        return generation;
    }

    private static void converse(Model model, Engine engine) {
        int[][] prompts =
                IntStream.range(0, CONVERSATIONS).mapToObj(HostTierIT::prompt).toArray(int[][]::new);
        for (int turn = 0; turn < 3; turn++) {
            for (int i = 0; i < CONVERSATIONS; i++) {
                Generation answer = answer(model, engine, prompts[i], "");
                int known = turn == 0 ? 0 : prompts[i].length - 3;
                assertThat(answer.usage().cachedTokens())
                        .as("cached tokens of conversation %d, turn %d", i, turn)
                        .isGreaterThanOrEqualTo(known);
                prompts[i] = next(prompts[i], answer.tokens(), 5, 6);
            }
        }
        EngineFixture.awaitIdle(engine);
    }

    @ParameterizedTest
    @EnumSource(
            value = KvCacheLayout.class,
            names = {"SPLIT", "UNIFIED"})
    void moreConversationsThanTheKvCacheHolds_computeTheirOwnTokensOnly(KvCacheLayout layout) {
        try (Engine engine = start(model, layout, 64 * MIB)) {
            converse(model, engine);
            PrefixCacheSnapshot snapshot = engine.prefixCache().snapshot();
            assertThat(snapshot.restoredTokens()).isPositive();
            assertThat(snapshot.hostPrefixes()).isBetween(1L, (long) CONVERSATIONS);
            assertThat(snapshot.hostBytes()).isBetween(1L, 64 * MIB);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = KvCacheLayout.class,
            names = {"SPLIT", "UNIFIED"})
    void copiesBesideAnAnswer_changeNothing(KvCacheLayout layout) {
        try (Engine engine = start(model, layout, 64 * MIB, 320)) {
            Generation listened = engine.submit(
                    EngineFixture.greedy(prompt(100)).maxTokens(LISTENED).build());
            listened.iterator().next();
            converse(model, engine);
            listened.text();
            EngineIT.assertGreedy(model, prompt(100), listened.tokens());
            assertThat(engine.prefixCache().snapshot().restoredTokens()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void memoryThatCannotBeCut_comesBackAsAWhole(TinyMemoryGguf kind, @TempDir Path folder) throws IOException {
        try (Model other = EngineFixture.load(kind, folder)) {
            for (KvCacheLayout layout : new KvCacheLayout[] {KvCacheLayout.SPLIT, KvCacheLayout.UNIFIED}) {
                try (Engine engine = start(other, layout, 64 * MIB)) {
                    converse(other, engine);
                    assertThat(engine.prefixCache().snapshot().restoredTokens()).isPositive();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void memoryThatCannotBeCut_goesOnBehindAPromptWithAnotherAnswer(TinyMemoryGguf kind, @TempDir Path folder)
            throws IOException {
        try (Model other = EngineFixture.load(kind, folder)) {
            for (KvCacheLayout layout : new KvCacheLayout[] {KvCacheLayout.SPLIT, KvCacheLayout.UNIFIED}) {
                try (Engine engine = start(other, layout, 64 * MIB)) {
                    int[] answer = answer(other, engine, prompt(1), "").tokens();
                    int[] next = next(prompt(1), new int[] {(answer[0] + 1) % 20 + 3, 4, 5});
                    assertThat(answer(other, engine, next, "").usage().cachedTokens())
                            .isEqualTo(PROMPT);
                    EngineFixture.awaitIdle(engine);
                }
            }
        }
    }

    @Test
    void littleHostMemory_holdsNoMoreThanItMay() {
        long bytes = 200_000;
        try (Engine engine = start(model, KvCacheLayout.SPLIT, bytes)) {
            for (int i = 0; i < 2 * CONVERSATIONS; i++) {
                answer(model, engine, prompt(i % CONVERSATIONS), "");
                assertThat(engine.prefixCache().snapshot().hostBytes()).isLessThanOrEqualTo(bytes);
            }
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void otherTenant_findsNothingInHostMemory() {
        try (Engine engine = start(model, KvCacheLayout.SPLIT, 64 * MIB)) {
            for (int i = 0; i < CONVERSATIONS; i++) {
                answer(model, engine, prompt(i), "one");
            }
            for (int i = 0; i < CONVERSATIONS; i++) {
                assertThat(answer(model, engine, prompt(i), "other").usage().cachedTokens())
                        .isZero();
            }
            assertThat(answer(model, engine, prompt(0), "one").usage().cachedTokens())
                    .isEqualTo(PROMPT - 1);
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void evictedTenant_isGoneFromAllTiers() {
        try (Engine engine = start(model, KvCacheLayout.SPLIT, 64 * MIB)) {
            for (int i = 0; i < CONVERSATIONS; i++) {
                answer(model, engine, prompt(i), i % 2 == 0 ? "even" : "odd");
            }
            EngineFixture.awaitIdle(engine);
            PrefixCache cache = engine.prefixCache();
            assertThat(cache.entries()).extracting(CachedPrefix::tier).contains(CacheTier.DEVICE, CacheTier.HOST);
            long even = cache.entries().stream()
                    .filter(entry -> entry.tenant().equals("even"))
                    .count();
            assertThat(even).isGreaterThanOrEqualTo(CONVERSATIONS / 2); // what is saved ahead is in both tiers
            assertThat(cache.evictTenant("even")).isEqualTo((int) even);
            EngineFixture.awaitIdle(engine);
            assertThat(cache.entries()).extracting(CachedPrefix::tenant).containsOnly("odd");
            for (int i = 0; i < CONVERSATIONS; i += 2) {
                assertThat(answer(model, engine, prompt(i), "even").usage().cachedTokens())
                        .isZero();
            }
            EngineFixture.awaitIdle(engine);
            cache.clear();
            EngineFixture.awaitIdle(engine);
            assertThat(cache.entries()).isEmpty();
            EngineFixture.await("no bytes", () -> cache.snapshot().hostBytes() == 0);
        }
    }
}
