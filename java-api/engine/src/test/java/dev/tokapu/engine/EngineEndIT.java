package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.text.FinishReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All the ways in which answers and engines end, and the bugs that were there. */
@Timeout(300)
class EngineEndIT {

    private static final Duration SOON = Duration.ofMinutes(5);

    @TinyModel
    private static Model model;

    private static void assertCancelled(Generation generation) throws InterruptedException {
        assertThat(generation.await(SOON)).isTrue();
        assertThat(generation.finishReason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void cancel_beforeAdmissionTwiceAndAfterTheEnd_endsOnce() throws InterruptedException {
        try (Engine engine =
                Engine.start(model, EngineFixture.options().maxSequences(1).build())) {
            Generation running = engine.submit(EngineFixture.endless(5, 6).build());
            Generation waiting = engine.submit(EngineFixture.endless(5, 6).build());
            waiting.cancel();
            waiting.cancel();
            running.cancel();
            assertCancelled(waiting);
            assertCancelled(running);
            waiting.cancel();
            running.close();
            EngineFixture.awaitIdle(engine);
            Generation next =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(3).build());
            next.text();
            assertThat(next.tokens()).hasSize(3);
            assertThat(engine.snapshot().cancelled()).isEqualTo(2);
        }
    }

    @Test
    void cancel_oneBranch_theOthersGoOn() throws InterruptedException {
        int[] prompt = EngineFixture.prompt(new java.util.Random(1), 60);
        try (Engine engine =
                Engine.start(model, EngineFixture.options().maxPrefillTokens(8).build())) {
            for (int branch = 0; branch < 4; branch++) {
                Runnable release = EngineFixture.hold(engine); // or all might be said before it is cancelled
                List<Generation> answers = engine.submit(EngineFixture.greedy(prompt)
                                .answers(4)
                                .maxTokens(30)
                                .build())
                        .answers();
                answers.get(branch).cancel();
                release.run();
                assertCancelled(answers.get(branch));
                for (Generation answer : answers) {
                    answer.text();
                    EngineIT.assertGreedy(model, prompt, answer.tokens());
                }
                assertThat(answers.stream().filter(answer -> answer.finishReason() == FinishReason.MAX_TOKENS))
                        .hasSize(3);
                EngineFixture.awaitIdle(engine);
            }
        }
    }

    @Test
    void deadline_whileQueued_ends() throws InterruptedException {
        try (Engine engine = Engine.start(
                model,
                EngineFixture.options()
                        .maxSequences(1)
                        .sequenceContextSize(8192)
                        .build())) {
            Generation running = engine.submit(EngineFixture.endless(5, 6).build());
            Generation waiting = engine.submit(
                    EngineFixture.greedy(5, 6).deadline(Duration.ofMillis(30)).build());
            Generation late = engine.submit(
                    EngineFixture.greedy(5, 6).deadline(Duration.ofNanos(1)).build());
            assertThat(waiting.await(SOON)).isTrue();
            assertThat(late.await(SOON)).isTrue();
            assertThat(waiting.finishReason()).isEqualTo(FinishReason.DEADLINE);
            assertThat(late.finishReason()).isEqualTo(FinishReason.DEADLINE);
            assertThat(waiting.tokens()).isEmpty();
            running.cancel();
        }
    }

    @Test
    void deadline_longerThanNanosecondsCanSay_isNone() throws Exception {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            for (Duration deadline : List.of(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofNanos(Long.MAX_VALUE))) {
                Generation generation = engine.submit(
                        EngineFixture.greedy(5).maxTokens(3).deadline(deadline).build());
                assertThat(generation.await(deadline)).isTrue();
                assertThat(generation.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
            }
            assertThat(engine.drain(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
        }
    }

    @Test
    void maxTokens_one_isOne() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            Generation one = engine.submit(EngineFixture.greedy(5, 6)
                    .maxTokens(1)
                    .answers(3)
                    .logProbabilities(2)
                    .build());
            for (Generation answer : one.answers()) {
                answer.text();
                assertThat(answer.tokens()).hasSize(1);
                assertThat(answer.logProbabilities()).hasSize(1);
                assertThat(answer.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
            }
        }
    }

    @Test
    void prompt_thatLeavesRoomForOneToken_generatesIt() {
        for (KvCacheLayout policy : KvCacheLayout.values()) {
            try (Engine engine = Engine.start(
                    model,
                    EngineFixture.options()
                            .kvLayout(policy)
                            .maxPrefillTokens(100)
                            .build())) {
                int[] prompt = EngineFixture.prompt(new java.util.Random(1), engine.sequenceContextSize() - 1);
                List<Generation> all = new ArrayList<>();
                for (int i = 0; i < 9; i++) {
                    all.add(engine.submit(
                            EngineFixture.greedy(prompt).answers(1 + i % 4).build()));
                }
                for (Generation generation : all) {
                    for (Generation answer : generation.answers()) {
                        answer.text();
                        assertThat(answer.tokens()).hasSize(1);
                        assertThat(answer.finishReason()).isEqualTo(FinishReason.CONTEXT_FULL);
                    }
                }
            }
        }
    }

    @Test
    void unified_fullCache_servesAllToTheEnd() {
        try (Engine engine = Engine.start(
                model,
                EngineFixture.options()
                        .kvLayout(KvCacheLayout.UNIFIED)
                        .maxPrefillTokens(64)
                        .build())) {
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                int[] prompt = EngineFixture.prompt(new java.util.Random(i), 60 + 10 * i);
                all.add(engine.submit(
                        EngineFixture.greedy(prompt).answers(1 + i % 3).build()));
            }
            for (int i = 0; i < all.size(); i++) {
                for (Generation answer : all.get(i).answers()) {
                    answer.text();
                    assertThat(answer.usage().promptTokens() + answer.tokens().length)
                            .isEqualTo(256);
                }
            }
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void stopText_foundByTheTextStage_freesTheSequence() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            Generation whole =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(60).build());
            String text = whole.text();
            String stop = text.substring(text.length() / 2, text.length() / 2 + 3);
            for (int i = 0; i < 50; i++) {
                Generation stopped = engine.submit(EngineFixture.greedy(5, 6)
                        .stops(stop)
                        .answers(1 + i % 2)
                        .build());
                for (Generation answer : stopped.answers()) {
                    assertThat(answer.text()).isEqualTo(text.substring(0, text.indexOf(stop)));
                    assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP_TEXT);
                }
            }
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void text_hasReturned_thePlaceIsFree() {
        try (Engine engine = Engine.start(
                model, EngineFixture.options().maxSequences(1).queueCapacity(1).build())) {
            for (int i = 0; i < 500; i++) {
                engine.submit(EngineFixture.greedy(5).maxTokens(1).build());
                Generation second =
                        engine.submit(EngineFixture.greedy(5).maxTokens(1).build());
                second.text();
                assertThat(engine.snapshot().completed()).isEqualTo(2L * i + 2);
            }
        }
    }

    @Test
    void observer_isToldOfTheEnd_onceAndAlsoWhenItComesLate() {
        AtomicInteger ends = new AtomicInteger();
        RequestObserver observer = new RequestObserver() {
            @Override
            public void finished(FinishedRequest request) {}

            @Override
            public void engineEnded() {
                ends.incrementAndGet();
            }
        };
        try (Model mine = TestModels.tiny();
                Engine failing = Engine.start(mine, EngineFixture.options().build());
                Engine engine = Engine.start(model, EngineFixture.options().build())) {
            failing.observe(observer);
            engine.observe(observer);
            engine.observe(observer).run(); // does not look any more
            engine.close();
            EngineFixture.await("the end of one that is closed", () -> ends.get() == 1);
            engine.observe(observer);
            EngineFixture.await("the end that was before", () -> ends.get() == 2);
            Generation running = failing.submit(EngineFixture.endless(5, 6).build());
            mine.close();
            assertThatThrownBy(running::text).isInstanceOf(GenerationException.class);
            EngineFixture.await("the end of one that fails", () -> ends.get() == 3);
            engine.close();
            failing.close();
        }
        assertThat(ends).hasValue(3);
    }
}
