package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.SequenceState;
import dev.tokapu.TinyModel;
import dev.tokapu.testsupport.TinyMemoryGguf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one engine computed, the next one finds in files. */
@Timeout(300)
class DiskTierIT {

    private static final int PROMPT = HostTierIT.PROMPT;
    private static final int ANSWER = HostTierIT.ANSWER;
    private static final long MIB = 1 << 20;

    @TinyModel
    private static Model model;

    @TempDir
    private Path folder;

    private Engine start(Model used, KvCacheLayout layout) {
        return Engine.start(used, options(layout).build());
    }

    private EngineOptions.Builder options(KvCacheLayout layout) {
        return EngineFixture.options()
                .kvLayout(layout)
                .maxSequences(2)
                .prefixCache(PrefixCacheOptions.defaults()
                        .withHostMemory(64 * MIB)
                        .withAllSaved(true)
                        .withDisk(folder.resolve("prefixes"), 64 * MIB));
    }

    private static int cached(Engine engine, int[] prompt, String tenant) {
        return HostTierIT.answer(model, engine, prompt, tenant).usage().cachedTokens();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("prefixes"))) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = KvCacheLayout.class,
            names = {"SPLIT", "UNIFIED"})
    void conversations_afterARestart_goOnFromFiles(KvCacheLayout layout) {
        int[][] prompts = new int[5][];
        try (Engine engine = start(model, layout)) {
            for (int i = 0; i < prompts.length; i++) {
                int[] answer = HostTierIT.answer(model, engine, HostTierIT.prompt(i), "tenant " + i)
                        .tokens();
                prompts[i] = IntStream.concat(IntStream.of(HostTierIT.prompt(i)), IntStream.of(answer))
                        .toArray();
            }
        }
        try (Engine engine = start(model, layout)) {
            assertThat(engine.prefixCache().entries())
                    .hasSize(prompts.length)
                    .allSatisfy(entry -> assertThat(entry.tier()).isEqualTo(CacheTier.DISK));
            for (int i = 0; i < prompts.length; i++) {
                assertThat(cached(engine, prompts[i], "tenant " + (i + 1))).isZero();
                assertThat(cached(engine, prompts[i], "tenant " + i)).isEqualTo(PROMPT + ANSWER - 1);
            }
            assertThat(engine.prefixCache().snapshot().diskBytes()).isPositive();
            EngineFixture.awaitIdle(engine);
        }
    }

    @ParameterizedTest
    @EnumSource
    void memoryThatCannotBeCut_afterARestart_comesBackAsAWhole(TinyMemoryGguf kind) throws IOException {
        try (Model other = EngineFixture.load(kind, folder)) {
            int[] next;
            try (Engine engine = start(other, KvCacheLayout.SPLIT)) {
                int[] answer = HostTierIT.answer(other, engine, HostTierIT.prompt(1), "")
                        .tokens();
                next = IntStream.concat(IntStream.of(HostTierIT.prompt(1)), IntStream.of(answer))
                        .toArray();
            }
            try (Engine engine = start(other, KvCacheLayout.SPLIT)) {
                assertThat(HostTierIT.answer(other, engine, next, "").usage().cachedTokens())
                        .isEqualTo(PROMPT + ANSWER - 1);
                EngineFixture.awaitIdle(engine);
            }
        }
    }

    @Test
    void idleEngine_writesWithoutBeingClosed() throws IOException {
        try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
            cached(engine, HostTierIT.prompt(1), "");
            EngineFixture.await(
                    "a file",
                    () -> engine.prefixCache().entries().stream().anyMatch(entry -> entry.tier() == CacheTier.DISK));
            assertThat(files()).hasSize(1);
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void closedRightBehindAnAnswer_orInTheMiddleOfOne_hasItInAFile() {
        int[] live = HostTierIT.prompt(9);
        for (int i = 0; i < 5; i++) {
            try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
                assertThat(engine.submit(EngineFixture.endless(live)
                                        .maxTokens(150)
                                        .build())
                                .iterator()
                                .hasNext())
                        .isTrue();
                assertThat(cached(engine, HostTierIT.prompt(i), "")).isZero();
            }
            try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
                assertThat(cached(engine, HostTierIT.prompt(i), "")).isEqualTo(PROMPT - 1);
                assertThat(cached(engine, live, "")).isEqualTo(PROMPT - 1);
                EngineFixture.awaitIdle(engine);
            }
        }
    }

    @Test
    void manyRequests_withOneBeginningOnDisk_allFindIt() {
        try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
            cached(engine, HostTierIT.prompt(1), "");
        }
        try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
            Runnable goOn = EngineFixture.hold(engine);
            List<Generation> answers = IntStream.range(0, 8)
                    .mapToObj(i -> engine.submit(EngineFixture.greedy(HostTierIT.prompt(1))
                            .maxTokens(ANSWER)
                            .build()))
                    .toList();
            goOn.run();
            for (Generation answer : answers) {
                answer.text();
                EngineIT.assertGreedy(model, HostTierIT.prompt(1), answer.tokens());
                assertThat(answer.usage().cachedTokens()).isEqualTo(PROMPT - 1);
            }
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void damagedFile_isComputedAgain() throws IOException {
        try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
            cached(engine, HostTierIT.prompt(1), "");
        }
        for (Path file : files()) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 100] ^= 1;
            Files.write(file, bytes);
        }
        try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
            assertThat(cached(engine, HostTierIT.prompt(1), "")).isZero();
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void otherContext_doesNotTakeWhatDoesNotFit() {
        try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
            cached(engine, HostTierIT.prompt(1), "");
        }
        try (Engine engine = start(model, KvCacheLayout.UNIFIED)) {
            assertThat(engine.prefixCache().entries()).isEmpty();
            assertThat(cached(engine, HostTierIT.prompt(1), "")).isZero();
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void adapters_areNotWritten() throws IOException {
        try (LoraAdapter adapter = EngineFixture.adapter(model, folder, 3);
                Engine engine = start(model, KvCacheLayout.SPLIT)) {
            SchedulingOptions adapted = SchedulingOptions.defaults().withAdapters(LoraSet.of(adapter));
            engine.submit(EngineFixture.greedy(HostTierIT.prompt(1))
                            .maxTokens(ANSWER)
                            .scheduling(adapted)
                            .build())
                    .text();
            EngineFixture.awaitIdle(engine);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void evictedTenant_hasNoFiles() throws IOException {
        try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
            for (int i = 0; i < 6; i++) {
                cached(engine, HostTierIT.prompt(i), i % 2 == 0 ? "even" : "odd");
            }
            EngineFixture.awaitIdle(engine);
            assertThat(engine.prefixCache().evictTenant("even")).isPositive();
            EngineFixture.awaitIdle(engine);
        }
        assertThat(files()).hasSize(3);
        try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
            assertThat(cached(engine, HostTierIT.prompt(0), "even")).isZero();
            EngineFixture.awaitIdle(engine);
            engine.prefixCache().clear();
            EngineFixture.awaitIdle(engine);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void exported_entriesOfAllTiers_areStatesOfSequences() throws IOException {
        Path file = folder.resolve("exported");
        try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
            for (int i = 0; i < 3; i++) {
                cached(engine, HostTierIT.prompt(i), "");
            }
            EngineFixture.awaitIdle(engine);
            EngineFixture.await(
                    "all in files",
                    () -> engine.prefixCache().entries().stream()
                                    .filter(entry -> entry.tier() == CacheTier.DISK)
                                    .count()
                            == 3);
            PrefixCache cache = engine.prefixCache();
            assertThat(cache.entries()).extracting(CachedPrefix::tier).contains(CacheTier.values());
            for (CachedPrefix entry : cache.entries()) {
                assertThat(cache.export(entry, file)).isTrue();
                try (SequenceState state = SequenceState.load(file)) {
                    assertThat(state.length()).isEqualTo(entry.tokens());
                    assertThat(state.tokens()).hasSize(entry.tokens());
                }
            }
            CachedPrefix gone = cache.entries().get(0);
            cache.clear();
            assertThat(cache.export(gone, file)).isFalse();
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void directoryOfAnotherEngine_isRefused() {
        try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
            assertThatThrownBy(() -> start(model, KvCacheLayout.SPLIT))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("prefixes");
            assertThat(cached(engine, HostTierIT.prompt(1), "")).isZero();
            EngineFixture.awaitIdle(engine);
        }
        try (Engine engine = start(model, KvCacheLayout.SPLIT)) {
            assertThat(cached(engine, HostTierIT.prompt(1), "")).isEqualTo(PROMPT - 1);
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void diskWithoutHostMemory_isRefused() {
        assertThatThrownBy(() -> PrefixCacheOptions.defaults().withDisk(folder, MIB))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("withHostMemory");
    }
}
