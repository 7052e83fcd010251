package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.Pooling;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.embedding.Similarity;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Engines with several replicas give what engines with one give. */
@Timeout(300)
class EngineReplicasIT {

    @TinyModel
    private static Model model;

    private static Engine two(EngineOptions.Builder options) {
        return Engine.start(List.of(model, model), options.build());
    }

    private static List<Long> submitted(Engine engine) {
        return engine.replicas().stream()
                .map(replica -> replica.snapshot().submitted())
                .toList();
    }

    private static void assertAllGreedy(Engine engine, int requests) {
        Random random = new Random(1);
        List<int[]> prompts = new ArrayList<>();
        List<Generation> answers = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            prompts.add(EngineFixture.prompt(random, 5 + random.nextInt(60)));
            answers.add(engine.submit(
                    EngineFixture.greedy(prompts.get(i)).maxTokens(10 + i).build()));
        }
        for (int i = 0; i < requests; i++) {
            answers.get(i).text();
            EngineIT.assertGreedy(model, prompts.get(i), answers.get(i).tokens());
        }
    }

    @Test
    void twoContextsOfAModel_sayWhatOneSays() {
        try (Engine engine = two(EngineFixture.options())) {
            assertAllGreedy(engine, 12);
            EngineFixture.awaitIdle(engine);
            assertThat(submitted(engine)).hasSize(2).allMatch(count -> count >= 4);
            EngineSnapshot all = engine.snapshot();
            assertThat(all.submitted()).isEqualTo(12);
            assertThat(all.completed()).isEqualTo(12);
            assertThat(all.endToEnd().count()).isEqualTo(12);
            assertThat(all.maxSequences()).isEqualTo(4);
            assertThat(all.contextSize()).isEqualTo(4 * 256);
            assertThat(engine.replicas())
                    .allMatch(replica ->
                            replica.snapshot().maxSequences() == 2 && replica.state() == EngineReplica.State.SERVING);
            assertThat(engine.models()).containsExactly(model);
        }
    }

    @Test
    void twoModels_sayWhatOneSays() {
        try (Model other = TestModels.tiny();
                Engine engine = Engine.start(
                        List.of(model, other), EngineFixture.options().build())) {
            assertAllGreedy(engine, 8);
            assertThat(engine.models()).containsExactly(model, other);
            assertThat(engine.model()).isSameAs(model);
            assertThat(engine.memory().totalBytes())
                    .isGreaterThanOrEqualTo(
                            model.memory().totalBytes() + other.memory().totalBytes());
        }
    }

    @Test
    void threeHundredSequences_generateAtTheSameTime() {
        EngineOptions options = EngineFixture.options()
                .maxSequences(300)
                .sequenceContextSize(64)
                .prefixCache(PrefixCacheOptions.none())
                .build();
        try (Engine engine = Engine.start(model, options)) {
            assertThat(engine.replicas())
                    .extracting(replica -> replica.snapshot().maxSequences())
                    .containsExactly(150, 150);
            List<Runnable> held =
                    engine.replicas.cores().stream().map(EngineFixture::hold).toList();
            CountDownLatch seen = new CountDownLatch(1);
            Sampler waiting = Sampler.customLogits((tokens, candidates) -> {
                if (tokens.generatedSize() == 45) {
                    EngineFixture.awaitQuietly(seen);
                }
            });
            List<Generation> answers = new ArrayList<>();
            for (int i = 0; i < 310; i++) {
                Request.Builder request = EngineFixture.greedy(5, 3 + i % 200).maxTokens(50);
                boolean first = i < 2; // on each replica, which waits with it
                answers.add(engine.submit((first ? request.samplers(waiting, Sampler.greedy()) : request).build()));
            }
            held.forEach(Runnable::run);
            try {
                EngineFixture.await("all at once", () -> engine.snapshot().generating() == 300);
            } finally {
                seen.countDown();
            }
            answers.forEach(Generation::text);
            assertThat(answers).allMatch(answer -> answer.tokens().length == 50);
            for (int i : new int[] {0, 149, 150, 299, 309}) {
                EngineIT.assertGreedy(
                        model, new int[] {5, 3 + i % 200}, answers.get(i).tokens());
            }
            EngineFixture.await("all counted", () -> engine.snapshot().completed() == 310);
        }
    }

    @Test
    void conversations_stayWhereTheirPrefixIs() {
        try (Engine engine = two(EngineFixture.options().maxSequences(8))) {
            Random random = new Random(2);
            List<int[]> texts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                texts.add(EngineFixture.prompt(random, 100));
            }
            for (int turn = 0; turn < 3; turn++) {
                for (int i = 0; i < texts.size(); i++) {
                    Generation answer = engine.submit(
                            EngineFixture.greedy(texts.get(i)).maxTokens(10).build());
                    answer.text();
                    assertThat(answer.usage().cachedTokens()).isGreaterThanOrEqualTo(turn == 0 ? 0 : 96);
                    int[] longer = Arrays.copyOf(texts.get(i), texts.get(i).length + 10);
                    System.arraycopy(answer.tokens(), 0, longer, texts.get(i).length, 10);
                    texts.set(i, longer);
                }
            }
            assertThat(submitted(engine)).containsExactly(6L, 6L);
        }
    }

    @Test
    void prefixCache_isThatOfAllReplicas() throws Exception {
        try (Engine engine = two(EngineFixture.options())) {
            int[] common = EngineFixture.prompt(new Random(3), 100);
            PrefixCache cache = engine.prefixCache();
            PrefixRequest request = PrefixRequest.of(new Prompt.Tokens(common));
            assertThat(cache.warm(request).get(2, TimeUnit.MINUTES).promptTokens())
                    .isEqualTo(100);
            EngineFixture.await("kept", () -> cache.entries().size() == 2);
            assertThat(cache.warm(request).get(2, TimeUnit.MINUTES).cachedTokens())
                    .isGreaterThan(95);
            List<CachedPrefix> entries = cache.entries();
            assertThat(entries).hasSize(2).allMatch(CachedPrefix::pinned);
            assertThat(entries).extracting(CachedPrefix::id).doesNotHaveDuplicates();
            for (CachedPrefix entry : entries) {
                assertThat(cache.unpin(entry)).isTrue();
            }
            assertThat(cache.entries()).noneMatch(CachedPrefix::pinned);
            assertThat(cache.evict(entries.get(1))).isTrue();
            assertThat(cache.evict(entries.get(1))).isFalse();
            assertThat(cache.clear()).isEqualTo(1);
            assertThat(cache.snapshot().keptTokens()).isGreaterThanOrEqualTo(200);
        }
    }

    @Test
    void vectorsOfTwoReplicas_areThoseOfOne() {
        EngineOptions options = EngineFixture.options()
                .context(EngineFixture.options().build().context().toBuilder()
                        .embeddings(true)
                        .pooling(Pooling.MEAN)
                        .build())
                .build();
        Random random = new Random(4);
        List<int[]> texts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            texts.add(EngineFixture.prompt(random, 4 + i));
        }
        List<float[]> wanted = new ArrayList<>();
        try (Engine one = Engine.start(model, options);
                Engine several = Engine.start(List.of(model, model), options)) {
            for (int[] text : texts) {
                wanted.add(one.embed(EmbedRequest.of(text)).join());
            }
            float[][] got = new float[texts.size()][];
            several.encode(texts, (text, vectors) -> {
                got[text] = vectors[0];
                return true;
            });
            for (int i = 0; i < got.length; i++) {
                assertThat(Similarity.cosine(got[i], wanted.get(i)))
                        .as("text %s", i)
                        .isGreaterThan(0.9999);
            }
            assertThat(submitted(several)).allMatch(count -> count > 4);
            assertThat(several.replicas()).allMatch(replica -> replica.state() == EngineReplica.State.SERVING);
        }
    }

    @Test
    void adapterOfOneModel_worksOnAllReplicas(@TempDir Path folder) {
        try (LoraAdapter adapter = EngineFixture.adapter(model, folder, 1);
                Model other = TestModels.tiny();
                Engine one = Engine.start(model, EngineFixture.options().build());
                Engine engine = Engine.start(
                        List.of(other, model), EngineFixture.options().build())) {
            SchedulingOptions scheduling = SchedulingOptions.defaults().withAdapters(LoraSet.of(adapter));
            Request request = EngineFixture.greedy(5, 6, 7)
                    .maxTokens(20)
                    .scheduling(scheduling)
                    .build();
            Generation wanted = one.submit(request);
            wanted.text();
            List<Generation> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(engine.submit(request));
            }
            for (Generation answer : answers) {
                answer.text();
                assertThat(answer.tokens()).isEqualTo(wanted.tokens());
            }
            assertThat(submitted(engine)).doesNotContain(0L);
        }
    }

    @Test
    void drain_finishesWhatWaitsOnAllReplicas() {
        Engine engine = two(EngineFixture.options().maxSequences(2));
        List<Generation> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(
                    engine.submit(EngineFixture.greedy(5, 6 + i).maxTokens(10).build()));
        }
        assertThat(engine.drain(Duration.ofMinutes(2))).isTrue();
        assertThat(answers).allMatch(answer -> answer.finishReason() == FinishReason.MAX_TOKENS);
        assertThat(engine.isOpen()).isFalse();
        assertThatThrownBy(() -> engine.submit(EngineFixture.greedy(5).build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void close_inTheMiddle_cancelsOnAllReplicasAndLeavesNothing() {
        long before = TestModels.settledHandles();
        Engine engine = two(EngineFixture.options());
        List<Generation> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            answers.add(engine.submit(EngineFixture.endless(5, 6).build()));
        }
        answers.get(0).iterator().next();
        engine.close();
        engine.close();
        assertThat(answers).allMatch(answer -> answer.finishReason() == FinishReason.CANCELLED);
        assertThat(engine.snapshot().cancelled()).isEqualTo(10);
        EngineFixture.awaitHandles(before);
    }

    @Test
    void modelsThatDiffer_areRefused() {
        ModelOptions changed = ModelOptions.builder()
                .metadataOverrides(Map.of("general.name", "another one"))
                .build();
        try (Model other = Model.load(TestModels.tinyFile(), changed)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Engine.start(
                            List.of(model, other), EngineFixture.options().build()))
                    .withMessageContaining("differ");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Engine.start(List.of(), EngineOptions.defaults()))
                .withMessageContaining("no model");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> two(EngineFixture.options().maxSequences(1)))
                .withMessageContaining("maxSequences is 1");
    }
}
