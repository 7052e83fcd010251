package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.StoppingCriterion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What fails, is slow or misbehaves concerns nobody else. */
@Timeout(300)
class EngineFailureIT {

    @TinyModel
    private static Model model;

    private static void block(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void modelClosedBeforeTheEngine_nothingHangsOrCrashes() throws InterruptedException {
        Model mine = TestModels.tiny();
        AtomicReference<Throwable> told = new AtomicReference<>();
        EngineListener listener = new EngineListener() {
            @Override
            public void failed(Throwable cause) {
                told.set(cause);
            }
        };
        Engine engine = Engine.start(
                mine,
                EngineFixture.options()
                        .sequenceContextSize(8192)
                        .listener(listener)
                        .build());
        List<Generation> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(engine.submit(EngineFixture.endless(5, 6).build()));
        }
        all.get(0).iterator().next();
        mine.close();
        for (Generation generation : all) {
            assertThat(generation.await(Duration.ofMinutes(5))).isTrue();
            assertThatThrownBy(generation::text)
                    .isInstanceOf(GenerationException.class)
                    .hasStackTraceContaining("closed");
        }
        EngineFixture.await("end", () -> !engine.isOpen());
        assertThatThrownBy(() -> engine.submit(EngineFixture.greedy(5).build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("failed");
        EngineFixture.await("listener", () -> told.get() != null);
        engine.close();
    }

    @Test
    void criterionThatThrows_failsItsRequestOnly() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            StoppingCriterion throwing = soFar -> {
                throw new IllegalStateException("mine");
            };
            Generation bad = engine.submit(
                    EngineFixture.greedy(5, 6).stoppingCriteria(throwing).build());
            Generation good =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(50).build());
            assertThatThrownBy(() -> bad.result().join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(GenerationException.class)
                    .hasStackTraceContaining("mine");
            good.text();
            EngineIT.assertGreedy(model, new int[] {5, 6}, good.tokens());
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void criteriaThatBlock_holdUpNobodyElse() {
        CountDownLatch goOn = new CountDownLatch(1);
        try (Engine engine =
                Engine.start(model, EngineFixture.options().queueCapacity(100).build())) {
            List<Generation> blocked = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                blocked.add(engine.submit(EngineFixture.greedy(5, 6)
                        .stoppingCriteria(soFar -> {
                            block(goOn);
                            return false;
                        })
                        .maxTokens(20)
                        .build()));
            }
            for (int i = 0; i < 20; i++) {
                engine.submit(EngineFixture.greedy(5, 6).maxTokens(5).build()).text();
            }
            assertThat(blocked).noneMatch(Generation::isFinished);
            goOn.countDown();
            blocked.forEach(generation ->
                    assertThat(generation.result().join().finishReason()).isEqualTo(FinishReason.MAX_TOKENS));
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void listenersThatBlockOrThrow_holdUpNobody() {
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger told = new AtomicInteger();
        EngineListener listener = new EngineListener() {
            @Override
            public void finished(FinishedRequest request) {
                told.incrementAndGet();
                block(goOn);
                throw new AssertionError("mine");
            }
        };
        try (Engine engine =
                Engine.start(model, EngineFixture.options().listener(listener).build())) {
            int threads = Thread.activeCount();
            for (int i = 0; i < 200; i++) {
                engine.submit(EngineFixture.greedy(5, 6).maxTokens(2).build()).text();
            }
            assertThat(Thread.activeCount()).as("threads").isLessThan(threads + 50);
            goOn.countDown();
            EngineFixture.await("all told", () -> told.get() == 200);
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void dependentsThatBlock_holdUpNobody() {
        CountDownLatch goOn = new CountDownLatch(1);
        try (Engine engine = Engine.start(
                model, EngineFixture.options().sequenceContextSize(8192).build())) {
            List<CompletableFuture<Void>> dependents = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Generation generation = engine.submit(EngineFixture.greedy(5, 6).build());
                // Run by the thread that completes it, being early.
                dependents.add(generation.result().thenRun(() -> block(goOn)));
                generation.cancel();
                generation.text();
            }
            goOn.countDown();
            dependents.forEach(CompletableFuture::join);
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void samplerThatSleeps_isReportedOnceAndTheEngineGoesOn() {
        AtomicInteger hangs = new AtomicInteger();
        AtomicReference<StackTraceElement[]> where = new AtomicReference<>();
        EngineListener listener = new EngineListener() {
            @Override
            public void hanging(Duration since, StackTraceElement[] stack) {
                assertThat(since).isGreaterThanOrEqualTo(Duration.ofMillis(100));
                if (Arrays.stream(stack).anyMatch(frame -> frame.getMethodName().equals("await"))) {
                    where.set(stack);
                    hangs.incrementAndGet();
                }
            }
        };
        try (Engine engine = Engine.start(
                model,
                EngineFixture.options()
                        .watchdog(Duration.ofMillis(100))
                        .listener(listener)
                        .build())) {
            AtomicInteger calls = new AtomicInteger();
            Generation slow = engine.submit(Request.builder(new int[] {5, 6})
                    .samplers(
                            Sampler.customLogits((tokens, logits) -> {
                                if (calls.incrementAndGet() >= 3) {
                                    await(() -> where.get() != null);
                                }
                            }),
                            Sampler.greedy())
                    .ignoreEnd(true)
                    .maxTokens(6)
                    .build());
            slow.text();
            EngineFixture.await("told", () -> hangs.get() > 0);
            assertThat(hangs).hasValue(1);
            assertThat(engine.snapshot().hangs()).as("others on a slow machine").isPositive();
            EngineIT.assertGreedy(model, new int[] {5, 6}, slow.tokens());
        }
    }

    /** A second at most: a step that was reported before it came here is not reported again, but the next one is. */
    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void samplerThatInterruptsItsThread_doesNotKeepTheEngineAwake() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            engine.submit(Request.builder(new int[] {5, 6})
                            .samplers(
                                    Sampler.customLogits((tokens, logits) ->
                                            Thread.currentThread().interrupt()),
                                    Sampler.greedy())
                            .maxTokens(3)
                            .build())
                    .text();
            EngineFixture.awaitIdle(engine);
            EngineFixture.await("asleep", () -> engine.core().thread().getState() == Thread.State.TIMED_WAITING);
            assertThat(engine.core().thread().isInterrupted()).isFalse();
        }
    }

    @Test
    void grammarAtADeadEnd_endsItsRequestOnly() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            Generation grammar = engine.submit(Request.builder(new int[] {5, 6})
                    .samplers(Sampler.grammar("root ::= \"ab\""), Sampler.greedy())
                    .ignoreEnd(true)
                    .maxTokens(30)
                    .build());
            Generation good =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(50).build());
            good.text();
            EngineIT.assertGreedy(model, new int[] {5, 6}, good.tokens());
            grammar.result().handle((answer, failure) -> true).join();
            assertThat(grammar.textSoFar())
                    .startsWith(
                            "ab".substring(0, Math.min(2, grammar.textSoFar().length())));
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void severalSeededAnswers_haveTheirOwnRandomNumbers() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            Supplier<Request.Builder> request = () -> Request.builder(new int[] {5, 6})
                    .ignoreEnd(true)
                    .maxTokens(20)
                    .answers(4);
            for (Request each : List.of(
                    request.get().seed(7).build(),
                    request.get()
                            .samplers(Sampler.temperature(2), Sampler.dist(7))
                            .build())) {
                List<int[]> tokens = new ArrayList<>();
                for (Generation answer : engine.submit(each).answers()) {
                    answer.text();
                    tokens.add(answer.tokens());
                }
                assertThat(tokens.stream().map(java.util.Arrays::toString).distinct())
                        .as("answers to %s", each)
                        .hasSize(4);
            }
        }
    }
}
