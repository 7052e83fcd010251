package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.text.FinishReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that take more of the KV cache than was expected. */
@Timeout(300)
class EnginePreemptionIT {

    private static final int LONGEST = 200;

    @TinyModel
    private static Model model;

    private static EngineOptions.Builder options() {
        return EngineFixture.options()
                .kvLayout(KvCacheLayout.UNIFIED)
                .maxSequences(8)
                .sequenceContextSize(256)
                .kvTokens(512);
    }

    @Test
    void longAnswers_afterShortOnes_arePreemptedAndGoOnAsIfNothingHadHappened() {
        try (Engine engine = Engine.start(model, options().build())) {
            for (int i = 0; i < 10; i++) {
                engine.submit(EngineFixture.greedy(prompt(i)).maxTokens(4).build())
                        .text();
            }
            Runnable goOn = EngineFixture.hold(engine);
            List<Generation> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(engine.submit(EngineFixture.greedy(prompt(100 + i))
                        .maxTokens(LONGEST)
                        .scheduling(SchedulingOptions.defaults().withPriority(i % 2))
                        .build()));
            }
            goOn.run();
            for (int i = 0; i < 8; i++) {
                Generation answer = answers.get(i);
                answer.text();
                assertThat(answer.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
                assertThat(answer.tokens()).hasSize(LONGEST);
                assertThat(answer.usage().promptTokens()).isEqualTo(20);
                EngineIT.assertGreedy(model, prompt(100 + i), answer.tokens());
            }
            assertThat(engine.snapshot().preemptions()).isPositive();
            assertThat(engine.snapshot().failed()).isZero();
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void cancel_ofAPreemptedRequest_endsIt() {
        try (Engine engine = Engine.start(model, options().build())) {
            for (int i = 0; i < 10; i++) {
                engine.submit(EngineFixture.greedy(prompt(i)).maxTokens(4).build())
                        .text();
            }
            Runnable goOn = EngineFixture.hold(engine); // or the first ones might end before the last ones come
            List<Generation> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(engine.submit(
                        EngineFixture.greedy(prompt(i)).maxTokens(LONGEST).build()));
            }
            goOn.run();
            EngineFixture.await("preemption", () -> engine.snapshot().preemptions() > 0);
            answers.forEach(Generation::cancel);
            answers.forEach(Generation::text);
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void answers_thatNeverFitTogether_areRefused() {
        try (Engine engine = Engine.start(model, options().build())) {
            Request.Builder request = EngineFixture.greedy(prompt(1)).answers(3);
            assertThatThrownBy(() -> engine.submit(request.maxTokens(LONGEST).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("may take 620 tokens; the KV cache holds 512");
            engine.submit(request.maxTokens((512 - 20) / 3).build()).text();
            assertThat(engine.snapshot().failed()).isZero();
        }
    }

    @Test
    void kvTokens_thatCannotBe_areRefused() {
        assertThatThrownBy(() -> Engine.start(model, options().kvTokens(100).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one request may have 256");
        assertThatThrownBy(() -> Engine.start(
                        model, options().kvLayout(KvCacheLayout.SPLIT).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("UNIFIED");
    }

    private static int[] prompt(int seed) {
        return EngineFixture.prompt(new Random(seed), 20);
    }
}
