package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.engine.metrics.EngineMetrics;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyMemoryGguf;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers that a second model drafts: itself, which is always right, and one with other random weights, which hardly ever is. */
@Timeout(300)
class DraftModelIT {

    private static final Speculation ALWAYS = new Speculation.DraftModel(4, 0, false);

    @TempDir
    static Path folder;

    @TinyModel
    private static Model model;

    private static Model other;

    @BeforeAll
    static void load() {
        other = Model.load(TinyGguf.builder().seed(7).build().write(folder.resolve("other.gguf")));
    }

    @AfterAll
    static void close() {
        other.close();
    }

    private static EngineOptions.Builder options(Model draft) {
        return EngineFixture.options().maxSequences(8).draftModel(draft).speculation(ALWAYS);
    }

    private static void assertGreedy(Generation answer) {
        EngineIT.assertGreedy(model, answer);
    }

    @Test
    void submit_draftsThatAreRight_takeFewerStepsForTheSameAnswer() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Engine engine = Engine.start(model, options(model).build())) {
            new EngineMetrics(engine).bindTo(registry);
            Generation answer = engine.submit(EngineFixture.request(1, 30, 41).build());
            assertGreedy(answer);
            // 1 from the prompt, then 8 steps of 1 + 4.
            EngineSnapshot snapshot = engine.snapshot();
            assertThat(answer.usage().draftedTokens())
                    .isBetween(32, 60); // more where sums of other shapes round differently
            assertThat(answer.usage().acceptedTokens()).isGreaterThan(20);
            assertThat(snapshot.steps()).isLessThan(41);
            assertThat(snapshot.modelDraftedTokens()).isEqualTo(snapshot.draftedTokens());
            assertThat(snapshot.modelAcceptedTokens()).isEqualTo(snapshot.acceptedTokens());
            assertThat(snapshot.draftNanos()).isPositive();
            assertThat(registry.get("tokapu.engine.speculation.tokens")
                            .tags("type", "drafted", "kind", "model")
                            .functionCounter()
                            .count())
                    .isEqualTo((double) snapshot.modelDraftedTokens());
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void submit_manyOfAllKinds_areAsAlone() {
        for (Model draft : List.of(model, other)) {
            for (EngineFixture.Layout layout : Thorough.some(EngineFixture.layouts(model, options(draft)), 3, 1)) {
                try (Engine engine = layout.start(model)) {
                    List<Generation> all = EngineFixture.submitMixed(engine, 16, Speculation.draft());
                    all.forEach(DraftModelIT::assertGreedy);
                    EngineSnapshot snapshot = engine.snapshot();
                    assertThat(snapshot.failed()).isZero();
                    assertThat(snapshot.modelDraftedTokens()).isPositive();
                    EngineFixture.awaitIdle(engine);
                }
            }
        }
    }

    @Test
    void preemptedAnswers_goOnAsIfNothingHadHappened() {
        for (Model draft : List.of(model, other)) {
            try (Engine engine = Engine.start(
                    model,
                    options(draft).kvLayout(KvCacheLayout.UNIFIED).kvTokens(512).build())) {
                for (int i = 0; i < 10; i++) {
                    engine.submit(EngineFixture.request(i, 20, 4).build()).text();
                }
                Runnable goOn = EngineFixture.hold(engine);
                List<Generation> answers = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    answers.add(engine.submit(
                            EngineFixture.request(100 + i, 20, 100).build()));
                }
                goOn.run();
                answers.forEach(DraftModelIT::assertGreedy);
                assertThat(engine.snapshot().preemptions()).isPositive();
                assertThat(engine.snapshot().failed()).isZero();
                EngineFixture.awaitIdle(engine);
            }
        }
    }

    @Test
    void promptsFromThePrefixCache_areReadByTheDraftModel() {
        try (Engine engine = Engine.start(model, options(model).build())) {
            int[] first = EngineFixture.prompt(new Random(3), 100);
            int[] longer = Arrays.copyOf(first, 120);
            System.arraycopy(EngineFixture.prompt(new Random(4), 20), 0, longer, 100, 20);
            for (int[] prompt : List.of(first, longer, first)) {
                Generation answer =
                        engine.submit(EngineFixture.greedy(prompt).maxTokens(20).build());
                assertGreedy(answer);
                assertThat(answer.usage().acceptedTokens()).isPositive();
            }
            assertThat(engine.prefixCache().snapshot().cachedTokens()).isPositive();
        }
    }

    @Test
    void longPromptsAndTextsBeyondTheDraftModel_areAnswered() throws IOException {
        try (Model small =
                        Model.load(TinyGguf.builder().contextLength(64).build().write(folder.resolve("short.gguf")));
                Engine engine = Engine.start(model, options(small).build())) {
            for (int length : new int[] {5, 40, 63, 64, 65, 200}) {
                assertGreedy(
                        engine.submit(EngineFixture.request(length, length, 50).build()));
            }
            assertThat(engine.snapshot().modelDraftedTokens()).isPositive();
        }
    }

    @Test
    void sampledAnswers_areTheSameByTheirSeed() {
        try (Engine engine = Engine.start(model, options(other).build())) {
            for (int seed = 1; seed < 6; seed++) {
                Request.Builder request = EngineFixture.request(seed, 20, 10)
                        .samplers(Sampler.penalties(16, 1.1, 0, 0), Sampler.temperature(0.8), Sampler.dist(seed));
                Generation plain =
                        engine.submit(request.speculation(Speculation.none()).build());
                Generation drafted = engine.submit(request.speculation(ALWAYS).build());
                plain.text();
                drafted.text();
                assertThat(drafted.tokens()).containsExactly(plain.tokens());
            }
        }
    }

    @Test
    void minProbability_endsDrafts() {
        try (Engine engine = Engine.start(model, options(model).build())) {
            Generation sure = engine.submit(EngineFixture.request(1, 20, 20)
                    .speculation(new Speculation.DraftModel(4, 1, false))
                    .build());
            assertGreedy(sure);
            assertThat(sure.usage().draftedTokens())
                    .as("no token of a random model is certain")
                    .isZero();
        }
    }

    /** Whatever its steps take, a token is tried after the first of them, and if they leave time now and then, the more seldom the more were wrong. */
    @Test
    void drafts_thatAreNeverRight_end() {
        try (Engine engine = Engine.start(
                model,
                options(model)
                        .sequenceContextSize(400)
                        .speculation(Speculation.draft())
                        .build())) {
            int drafted = 0;
            for (int i = 0; i < 100 && drafted == 0; i++) { // until times look as if drafts could pay
                Generation answer = engine.submit(Request.builder(EngineFixture.prompt(new Random(1), 20))
                        .samplers(neverAsDrafted(), Sampler.greedy())
                        .ignoreEnd(true)
                        .maxTokens(300)
                        .build());
                answer.text();
                assertThat(answer.usage().acceptedTokens()).isZero();
                drafted = answer.usage().draftedTokens();
            }
            assertThat(drafted).isBetween(1, 150);
        }
    }

    /** The likeliest token, which is what the same model drafts, is forbidden. */
    private static Sampler neverAsDrafted() {
        return Sampler.customLogits((tokens, candidates) -> {
            int best = 0;
            for (int i = 1; i < candidates.size(); i++) {
                best = candidates.logit(i) > candidates.logit(best) ? i : best;
            }
            candidates.setLogit(best, -1000);
        });
    }

    @Test
    void slidingWindow_asDraftAndTarget_isAsAlone() throws IOException {
        try (Model window = EngineFixture.load(TinyMemoryGguf.SLIDING_WINDOW, folder);
                Engine engine = Engine.start(
                        window,
                        options(window)
                                .context(ContextOptions.builder()
                                        .threads(1)
                                        .batchThreads(1)
                                        .kvCache(kv -> kv.swaFull(true))
                                        .build())
                                .build())) {
            Generation answer = engine.submit(EngineFixture.request(1, 60, 60).build());
            answer.text();
            EngineIT.assertGreedy(window, answer);
            assertThat(answer.usage().acceptedTokens()).isPositive();
        }
    }
}
