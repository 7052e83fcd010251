package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.Thorough;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Drafts of heads, which read hidden states of the model, change no answer. */
@Timeout(300)
abstract class HeadsAnswers {

    /** The model that answers. */
    abstract Model model();

    /** Those of an engine that drafts with the heads; its own speculation is {@code always(4, 0)}. */
    abstract EngineOptions.Builder options();

    /** Drafts of the same length in each step. */
    abstract Speculation always(int maxDraft, double minProbability);

    /** Drafts as they pay. */
    abstract Speculation usual();

    private void assertGreedy(Generation answer) {
        EngineIT.assertGreedy(model(), answer);
    }

    @Test
    void submit_headThatIsMostlyRight_takesFewerStepsForTheSameAnswer() {
        try (Engine engine = Engine.start(model(), options().build())) {
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
        for (EngineFixture.Layout layout : Thorough.some(EngineFixture.layouts(model(), options()), 5, 2)) {
            try (Engine engine = layout.start(model())) {
                EngineFixture.submitMixed(engine, 20, usual()).forEach(this::assertGreedy);
                EngineSnapshot snapshot = engine.snapshot();
                assertThat(snapshot.failed()).isZero();
                assertThat(snapshot.modelAcceptedTokens()).isPositive();
                EngineFixture.awaitIdle(engine);
            }
        }
    }

    @Test
    void preemptedAnswers_goOnAsIfNothingHadHappened() {
        try (Engine engine = Engine.start(
                model(), options().kvLayout(KvCacheLayout.UNIFIED).kvTokens(512).build())) {
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
            answers.forEach(this::assertGreedy);
            assertThat(engine.snapshot().preemptions()).isPositive();
            assertThat(engine.snapshot().failed()).isZero();
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void promptsFromThePrefixCache_areDraftedFor() {
        for (KvCacheLayout layout : List.of(KvCacheLayout.SPLIT, KvCacheLayout.UNIFIED)) {
            try (Engine engine =
                    Engine.start(model(), options().kvLayout(layout).build())) {
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
        try (Engine engine = Engine.start(
                model(), options().maxSequences(2).prefixCache(cache).build())) {
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
        try (Engine engine = Engine.start(model(), options().build())) {
            for (int seed = 1; seed < 6; seed++) {
                Request.Builder request = EngineFixture.request(seed, 20, 20)
                        .samplers(Sampler.penalties(16, 1.1, 0, 0), Sampler.temperature(0.8), Sampler.dist(seed));
                Generation plain =
                        engine.submit(request.speculation(Speculation.none()).build());
                Generation drafted =
                        engine.submit(request.speculation(always(4, 0)).build());
                plain.text();
                drafted.text();
                assertThat(drafted.tokens()).containsExactly(plain.tokens());
            }
        }
    }

    @Test
    void answersToTheEndOfTheirSequence_areAsAlone() {
        try (Engine engine =
                Engine.start(model(), options().sequenceContextSize(64).build())) {
            for (int length : new int[] {1, 40, 60, 63}) {
                assertGreedy(engine.submit(
                        EngineFixture.request(length, length, 64 - length).build()));
            }
            assertThat(engine.snapshot().failed()).isZero();
        }
    }

    @Test
    void minProbability_endsDrafts() {
        try (Engine engine = Engine.start(model(), options().build())) {
            Generation sure = engine.submit(
                    EngineFixture.request(1, 20, 20).speculation(always(4, 1)).build());
            assertGreedy(sure);
            assertThat(sure.usage().draftedTokens())
                    .as("no token of a random model is certain")
                    .isZero();
        }
    }
}
