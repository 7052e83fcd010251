package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.ControlVector;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.engine.run.AdapterGroups;
import dev.tokapu.text.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** LoRA adapters and control vectors in an engine: requests of several at once, and adapters that are closed. */
@Timeout(300)
class EngineAdapterIT {

    @TinyModel
    private static Model model;

    @TempDir
    Path folder;

    private LoraAdapter adapter(int seed) {
        return EngineFixture.adapter(model, folder, seed);
    }

    @Test
    void adapterClosedBeforeItsStep_failsItsRequestsOnly() {
        try (Engine engine = Engine.start(
                        model, EngineFixture.options().maxSequences(2).build());
                LoraAdapter good = adapter(2)) {
            LoraAdapter bad = adapter(1);
            Generation first =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(200).build());
            List<Generation> failing = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                failing.add(engine.submit(EngineFixture.endless(5, 6)
                        .adapters(LoraSet.of(bad))
                        .maxTokens(200)
                        .build()));
            }
            bad.close();
            Generation adapted = engine.submit(EngineFixture.greedy(5, 6)
                    .adapters(LoraSet.of(good))
                    .maxTokens(20)
                    .build());
            int failed = 0;
            for (Generation generation : failing) {
                try {
                    generation.text(); // the first one may have been quicker
                } catch (GenerationException e) {
                    failed++;
                    assertThat(e).hasStackTraceContaining("closed");
                }
            }
            assertThat(failed).isPositive();
            first.text();
            EngineIT.assertGreedy(model, new int[] {5, 6}, first.tokens());
            adapted.text();
            assertThat(adapted.tokens()).hasSize(20);
            Generation last =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(20).build());
            last.text();
            EngineIT.assertGreedy(model, new int[] {5, 6}, last.tokens());
            EngineFixture.awaitIdle(engine);
            assertThat(engine.isOpen()).isTrue();
        }
    }

    @Test
    void adapters_thatNobodyUses_areForgotten() {
        try (LoraAdapter one = adapter(1);
                LoraAdapter two = adapter(2)) {
            AdapterGroups adapters = new AdapterGroups();
            int number = adapters.number(LoraSet.of(one));
            assertThat(adapters.number(LoraSet.of(one))).isEqualTo(number).isNotZero();
            assertThat(adapters.number(LoraSet.of(two))).isNotEqualTo(number);
            adapters.release(number);
            assertThat(adapters.set(number)).isEqualTo(LoraSet.of(one));
            adapters.release(number);
            assertThat(adapters.size()).isEqualTo(1);
            assertThat(adapters.number(LoraSet.of(one)))
                    .as("a number comes once")
                    .isNotEqualTo(number);
        }
    }

    /** A vector moves the requests that have it, alone or with an adapter, and shares nothing with others. */
    @Test
    void controlVectors_areOfRequests() {
        ControlVector vector = vector(64);
        int[] prompt = EngineFixture.prompt(new Random(3), 40);
        try (Engine engine = Engine.start(
                        model, EngineFixture.options().maxSequences(8).build());
                LoraAdapter adapter = adapter(1)) {
            List<LoraSet> sets = List.of(
                    LoraSet.NONE, LoraSet.of(vector), LoraSet.of(adapter).with(vector), LoraSet.of(vector.times(-1)));
            for (int round = 0; round < 2; round++) {
                List<Generation> all = new ArrayList<>();
                for (LoraSet set : sets) {
                    all.add(engine.submit(EngineFixture.greedy(prompt)
                            .adapters(set)
                            .maxTokens(8)
                            .build()));
                }
                for (int i = 0; i < all.size(); i++) {
                    Usage usage = all.get(i).result().join().usage();
                    assertThat(usage.cachedTokens()).isEqualTo(round == 0 ? 0 : prompt.length - 1);
                    EngineIT.assertGreedy(model, sets.get(i), prompt, all.get(i).tokens());
                }
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.submit(EngineFixture.greedy(prompt)
                            .adapters(LoraSet.of(vector(32)))
                            .build()))
                    .withMessageContaining("does not fit");
        }
    }

    private static ControlVector vector(int width) {
        Random random = new Random(5);
        float[] direction = new float[width];
        for (int i = 0; i < width; i++) {
            direction[i] = (float) random.nextGaussian();
        }
        return ControlVector.of(List.of(direction));
    }

    @Test
    void adapterGroups_manySequencesAndPrompts_noneStarves() {
        try (Engine engine = Engine.start(
                        model,
                        EngineFixture.options()
                                .maxSequences(4)
                                .maxPrefillTokens(16)
                                .build());
                LoraAdapter one = adapter(1);
                LoraAdapter two = adapter(2)) {
            List<LoraSet> sets = List.of(LoraSet.NONE, LoraSet.of(one), LoraSet.of(two));
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                int[] prompt = EngineFixture.prompt(new Random(i), 100);
                all.add(engine.submit(EngineFixture.greedy(prompt)
                        .adapters(sets.get(i % 3))
                        .maxTokens(20)
                        .build()));
            }
            all.forEach(
                    generation -> assertThat(generation.result().join().usage().generatedTokens())
                            .isEqualTo(20));
            EngineIT.assertGreedy(
                    model, EngineFixture.prompt(new Random(9), 100), all.get(9).tokens());
            EngineFixture.awaitIdle(engine);
        }
    }
}
