package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.exception.ContextOverflowException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets a place in an engine and who is told that there is none, and whose turn it is. */
@Timeout(300)
class EngineIntakeIT {

    private static final int CAPACITY = 50;
    private static final int[] NO_TOKEN = {5, 1_000_000};

    @TinyModel
    private static Model model;

    private static EngineOptions.Builder options() {
        return EngineFixture.options().maxSequences(1).sequenceContextSize(8192).queueCapacity(CAPACITY);
    }

    private static Request endless() {
        return EngineFixture.endless(5).build();
    }

    private static void assertRejectsAll(Engine engine) {
        assertThatThrownBy(() -> engine.submit(endless())).isInstanceOf(RequestRejectedException.class);
        // What is wrong with these would be found by tokenizing them.
        assertThatThrownBy(() -> engine.submit(Request.builder(NO_TOKEN).build()))
                .isInstanceOf(RequestRejectedException.class);
        assertThatThrownBy(() -> engine.submit(Request.of("too long".repeat(9000))))
                .isInstanceOf(RequestRejectedException.class);
        assertThatThrownBy(() -> engine.score(ScoreRequest.of("a", "too long".repeat(9000))))
                .isInstanceOf(RequestRejectedException.class);
    }

    /** Submits until the engine is full; how many it took. */
    private static List<Generation> fill(Engine engine) {
        List<Generation> taken = new ArrayList<>();
        while (true) {
            try {
                taken.add(engine.submit(endless()));
            } catch (RequestRejectedException e) {
                return taken;
            }
        }
    }

    @Test
    void submit_queueIsFull_isRejectedBeforeThePromptIsRead() {
        try (Engine engine = Engine.start(model, options().build())) {
            assertThat(fill(engine)).hasSize(CAPACITY + 1);
            assertRejectsAll(engine);
            assertThat(engine.snapshot().rejected()).isEqualTo(5);
            assertThat(engine.snapshot().submitted()).isEqualTo(CAPACITY + 1);
        }
    }

    @Test
    void submit_promptThatCannotBeRead_givesItsPlaceBack() {
        try (Engine engine = Engine.start(model, options().build())) {
            for (int i = 0; i < 3 * CAPACITY; i++) {
                assertThatThrownBy(() -> engine.submit(Request.builder(NO_TOKEN).build()))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> engine.submit(Request.of("too long".repeat(9000))))
                        .isInstanceOf(ContextOverflowException.class);
                assertThatThrownBy(() -> engine.score(ScoreRequest.of("a", "too long".repeat(9000))))
                        .isInstanceOf(ContextOverflowException.class);
            }
            assertThat(fill(engine)).hasSize(CAPACITY + 1);
        }
    }

    /** One of several threads; whether the engine took what it submitted. */
    private static boolean submitSomething(Engine engine, Random random, Queue<Runnable> cancels) {
        try {
            switch (random.nextInt(5)) {
                case 0 -> engine.submit(Request.builder(NO_TOKEN).build());
                case 1 -> {
                    CompletableFuture<ScoredContinuation> unused =
                            engine.score(ScoreRequest.of("a", "too long".repeat(9000)));
                }
                case 2 -> {
                    CompletableFuture<ScoredContinuation> score = engine.score(ScoreRequest.of("a", "b"));
                    cancels.add(() -> score.cancel(false));
                    return true;
                }
                default -> {
                    Generation generation = engine.submit(endless());
                    cancels.add(generation::cancel);
                    return true;
                }
            }
            throw new AssertionError("a bad request was taken");
        } catch (RequestRejectedException | IllegalArgumentException | ContextOverflowException e) {
            return false;
        }
    }

    @Test
    void submit_goodAndBadFromManyThreads_takesAsManyAsThereArePlaces() throws Exception {
        try (Engine engine = Engine.start(model, options().build())) {
            for (int round = 0; round < 5; round++) {
                Queue<Runnable> cancels = new ConcurrentLinkedQueue<>();
                Generation first = engine.submit(endless()); // ends only when it is cancelled: nothing else begins
                first.iterator().next();
                AtomicInteger taken = new AtomicInteger(1);
                List<FutureTask<Boolean>> threads = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    Random random = new Random(100L * round + i);
                    threads.add(TestModels.start("submit-" + i, () -> {
                        for (int j = 0; j < 100; j++) {
                            if (submitSomething(engine, random, cancels)) {
                                assertThat(taken.incrementAndGet()).isLessThanOrEqualTo(CAPACITY + 1);
                            }
                        }
                        return true;
                    }));
                }
                for (FutureTask<Boolean> thread : threads) {
                    assertThat(thread.get(5, TimeUnit.MINUTES)).isTrue();
                }
                List<Generation> rest = fill(engine);
                assertThat(taken.get() + rest.size()).isEqualTo(CAPACITY + 1);
                assertRejectsAll(engine);
                rest.forEach(Generation::cancel);
                cancels.forEach(Runnable::run);
                first.cancel();
                EngineFixture.awaitIdle(engine);
                EngineFixture.await("places are free", () -> {
                    EngineSnapshot now = engine.snapshot();
                    return now.completed() + now.cancelled() + now.failed() == now.submitted();
                });
            }
            assertThat(engine.snapshot().failed()).isZero();
        }
    }

    /** A tenant was known by its name's hash code, so that these two had one account. */
    @Test
    void tenants_withEqualHashes_haveTheirOwnTurns() {
        try (Engine engine = Engine.start(model, options().build())) {
            Generation first =
                    engine.submit(EngineFixture.endless(5).tenant("Aa").build());
            List<Generation> later = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                later.add(engine.submit(
                        EngineFixture.greedy(5, 6).maxTokens(20).tenant("Aa").build()));
            }
            Generation other = engine.submit(
                    EngineFixture.greedy(5, 6).maxTokens(20).tenant("BB").build());
            first.cancel();
            other.text();
            later.forEach(Generation::text);
            Duration waited = other.requestTimings().queue();
            assertThat(later)
                    .as("of ten that came before, those that waited longer")
                    .filteredOn(one -> one.requestTimings().queue().compareTo(waited) > 0)
                    .hasSizeGreaterThan(6);
        }
    }
}
