package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.MtpModel;
import dev.tokapu.TestModels;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.Thorough;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that the model's own MTP head drafts. */
@Timeout(300)
class MtpIT {

    private static final Speculation ALWAYS = new Speculation.Mtp(4, 0, false);

    @MtpModel
    private static Model model;

    private static EngineOptions.Builder options() {
        return EngineFixture.options().maxSequences(8).speculation(ALWAYS);
    }

    private static void assertGreedy(Generation answer) {
        EngineIT.assertGreedy(model, answer);
    }

    @Test
    void submit_headThatIsMostlyRight_takesFewerStepsForTheSameAnswer() {
        try (Engine engine = Engine.start(model, options().build())) {
            Generation answer = engine.submit(EngineFixture.request(1, 30, 60).build());
            assertGreedy(answer);
            EngineSnapshot snapshot = engine.snapshot();
            assertThat(answer.usage().acceptedTokens()).isPositive();
            assertThat(snapshot.steps()).isLessThan(60);
            assertThat(snapshot.modelDraftedTokens()).isEqualTo(snapshot.draftedTokens());
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void submit_manyOfAllKinds_areAsAlone() {
        for (EngineFixture.Layout layout : Thorough.some(EngineFixture.layouts(model, options()), 5, 2)) {
            try (Engine engine = layout.start(model)) {
                submitMixed(engine).forEach(MtpIT::assertGreedy);
                EngineSnapshot snapshot = engine.snapshot();
                assertThat(snapshot.failed()).isZero();
                assertThat(snapshot.modelAcceptedTokens()).isPositive();
                EngineFixture.awaitIdle(engine);
            }
        }
    }

    private static List<Generation> submitMixed(Engine engine) {
        Random random = new Random(1);
        List<Generation> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Request.Builder request =
                    EngineFixture.request(i, 1 + random.nextInt(70), 24).answers(1 + i % 3);
            Generation first = engine.submit(
                    switch (i % 5) {
                        case 0 -> request.speculation(Speculation.none()).build();
                        case 1 -> request.speculation(Speculation.ngram(1, 4)).build();
                        case 2 -> request.speculation(Speculation.mtp()).build();
                        default -> request.build();
                    });
            all.addAll(first.answers());
            if (i % 4 == 1) {
                first.answers().get(i % first.answers().size()).cancel();
            }
        }
        return all;
    }

    @Test
    void preemptedAnswers_goOnAsIfNothingHadHappened() {
        try (Engine engine = Engine.start(
                model, options().kvLayout(KvCacheLayout.UNIFIED).kvTokens(512).build())) {
            for (int i = 0; i < 10; i++) {
                engine.submit(EngineFixture.request(i, 20, 4).build()).text();
            }
            Runnable goOn = EngineFixture.hold(engine);
            List<Generation> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(
                        engine.submit(EngineFixture.request(100 + i, 20, 100).build()));
            }
            goOn.run();
            answers.forEach(MtpIT::assertGreedy);
            assertThat(engine.snapshot().preemptions()).isPositive();
            assertThat(engine.snapshot().failed()).isZero();
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void promptsFromThePrefixCache_areDraftedFor() {
        for (KvCacheLayout layout : List.of(KvCacheLayout.SPLIT, KvCacheLayout.UNIFIED)) {
            try (Engine engine = Engine.start(model, options().kvLayout(layout).build())) {
                int[] first = EngineFixture.prompt(new Random(3), 100);
                int[] longer = Arrays.copyOf(first, 120);
                System.arraycopy(EngineFixture.prompt(new Random(4), 20), 0, longer, 100, 20);
                for (int[] prompt : List.of(first, longer, first)) {
                    Generation answer = engine.submit(
                            EngineFixture.greedy(prompt).maxTokens(40).build());
                    assertGreedy(answer);
                    assertThat(answer.usage().acceptedTokens()).isPositive();
                }
                assertThat(engine.prefixCache().snapshot().cachedTokens()).isPositive();
            }
        }
    }

    @Test
    void savedPrompts_whoseHiddenStatesAreMissing_areDraftedFor() {
        PrefixCacheOptions cache = new PrefixCacheOptions(true, 32, 64 << 20, null, 0, true);
        try (Engine engine =
                Engine.start(model, options().maxSequences(2).prefixCache(cache).build())) {
            int[] prompt = EngineFixture.prompt(new Random(5), 120);
            for (int round = 0; round < 3; round++) {
                Generation answer =
                        engine.submit(EngineFixture.greedy(prompt).maxTokens(40).build());
                assertGreedy(answer);
                assertThat(answer.usage().acceptedTokens()).isPositive();
                assertThat(answer.usage().cachedTokens() > 0)
                        .as("restored in round %d", round)
                        .isEqualTo(round > 0);
                for (int i = 0; i < 6; i++) {
                    engine.submit(EngineFixture.request(50 + 10 * round + i, 100, 4)
                                    .build())
                            .text(); // they take its sequence
                }
            }
        }
    }

    @Test
    void sampledAnswers_areTheSameByTheirSeed() {
        try (Engine engine = Engine.start(model, options().build())) {
            for (int seed = 1; seed < 6; seed++) {
                Request.Builder request = EngineFixture.request(seed, 20, 20)
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
    void answersToTheEndOfTheirSequence_areAsAlone() {
        try (Engine engine =
                Engine.start(model, options().sequenceContextSize(64).build())) {
            for (int length : new int[] {1, 40, 60, 63}) {
                assertGreedy(engine.submit(
                        EngineFixture.request(length, length, 64 - length).build()));
            }
            assertThat(engine.snapshot().failed()).isZero();
        }
    }

    @Test
    void minProbability_endsDrafts() {
        try (Engine engine = Engine.start(model, options().build())) {
            Generation sure = engine.submit(EngineFixture.request(1, 20, 20)
                    .speculation(new Speculation.Mtp(4, 1, false))
                    .build());
            assertGreedy(sure);
            assertThat(sure.usage().draftedTokens())
                    .as("no token of a random model is certain")
                    .isZero();
        }
    }

    @Test
    void memory_ofHeads_countsNoWeightsTwice() {
        try (Engine plain = Engine.start(model, EngineFixture.options().build());
                Engine engine = Engine.start(model, options().maxSequences(4).build())) {
            assertThat(weights(engine)).isEqualTo(weights(plain)).isPositive();
            assertThat(engine.memory().totalBytes())
                    .isGreaterThan(plain.memory().totalBytes());
        }
    }

    private static long weights(Engine engine) {
        return engine.memory().rows().stream()
                .mapToLong(MemoryReport.Row::weights)
                .sum();
    }

    @Test
    void start_withoutHeadsOrWithADraftModel_isRefused() {
        try (Model tiny = TestModels.tiny()) {
            assertThatThrownBy(() -> Engine.start(tiny, options().build())).hasMessageContaining("no MTP heads");
            assertThatThrownBy(() ->
                            Engine.start(model, options().draftModel(model).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("draft model");
            try (Engine engine = Engine.start(tiny, EngineFixture.options().build())) {
                assertThatThrownBy(() -> engine.submit(EngineFixture.request(1, 5, 5)
                                .speculation(Speculation.mtp())
                                .build()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("EngineOptions.speculation");
            }
        }
    }
}
