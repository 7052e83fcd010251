package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of an engine: it races with requests, comes from its own callbacks and threads, and leaves nothing. */
@Timeout(300)
class EngineShutdownIT {

    private static final Duration SOON = Duration.ofMinutes(5);

    @TinyModel
    private static Model model;

    private static void assertCancelled(Generation generation) throws InterruptedException {
        assertThat(generation.await(SOON)).isTrue();
        assertThat(generation.finishReason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void drain_asLongAsNanosecondsCanSay_waits() {
        Engine engine = Engine.start(model, EngineFixture.options().build());
        Generation generation =
                engine.submit(EngineFixture.greedy(5).maxTokens(100).build());
        assertThat(engine.drain(Duration.ofNanos(Long.MAX_VALUE))).isTrue();
        generation.text();
        assertThat(generation.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
    }

    @Test
    void submit_racesWithClose_everyAnswerEndsAndNothingIsLeft() throws Exception {
        long before = TestModels.settledHandles();
        for (int round = 0; round < 30; round++) {
            Engine engine = Engine.start(model, EngineFixture.options().build());
            List<FutureTask<List<Generation>>> threads = new ArrayList<>();
            CountDownLatch begun = new CountDownLatch(3);
            for (int i = 0; i < 3; i++) {
                Callable<List<Generation>> submitting = () -> {
                    List<Generation> mine = new ArrayList<>();
                    begun.countDown();
                    while (true) {
                        try {
                            mine.add(engine.submit(
                                    EngineFixture.greedy(5, 6).maxTokens(4).build()));
                        } catch (RequestRejectedException e) {
                            LockSupport.parkNanos(100_000);
                        } catch (IllegalStateException e) {
                            return mine;
                        }
                    }
                };
                threads.add(TestModels.start("submit-" + i, submitting));
            }
            begun.await();
            Thread.sleep(round % 5);
            if (round % 2 == 0) {
                engine.close();
            } else {
                engine.drain(Duration.ofSeconds(5));
            }
            for (FutureTask<List<Generation>> thread : threads) {
                for (Generation generation : thread.get(5, TimeUnit.MINUTES)) {
                    assertThat(generation.await(SOON)).as("%s", generation).isTrue();
                }
            }
        }
        EngineFixture.awaitHandles(before);
    }

    @Test
    void submit_toALoopThatHasEnded_isAnsweredByTheCaller() throws InterruptedException {
        long before = TestModels.settledHandles();
        CountDownLatch inSampler = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Engine engine = Engine.start(model, EngineFixture.options().build());
        // Its chain is made, and its prompt shown to it, after submit() has seen an open engine.
        Request late = Request.builder(new int[] {5})
                .samplers(new WaitingForPrompt(inSampler, goOn), Sampler.greedy())
                .build();
        FutureTask<Generation> submitting = TestModels.start("late", () -> engine.submit(late));
        inSampler.await();
        engine.close();
        goOn.countDown();
        Generation generation = EngineShutdownIT.get(submitting);
        assertCancelled(generation);
        EngineFixture.awaitHandles(before);
    }

    private static <T> T get(FutureTask<T> task) {
        try {
            return task.get(5, TimeUnit.MINUTES);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private record WaitingForPrompt(CountDownLatch inside, CountDownLatch goOn)
            implements dev.tokapu.sampling.CustomSampler {

        @Override
        public void apply(dev.tokapu.sampling.TokenCandidates candidates) {}

        @Override
        public void prompt(int[] tokens) {
            inside.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void submit_thatFailsHalfWay_leavesNothing() {
        try (Engine engine =
                Engine.start(model, EngineFixture.options().queueCapacity(4).build())) {
            engine.submit(EngineFixture.greedy(5).maxTokens(1).build()).text();
            EngineFixture.awaitIdle(engine);
            long before = TestModels.settledHandles();
            Request bad = Request.builder(new int[] {5})
                    .samplers(Sampler.grammar("this is no grammar"), Sampler.greedy())
                    .answers(4)
                    .build();
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> engine.submit(bad)).isInstanceOf(RuntimeException.class);
            }
            assertThat(TestModels.liveHandles()).isEqualTo(before);
            engine.submit(EngineFixture.greedy(5).answers(4).maxTokens(1).build())
                    .text();
        }
    }

    @Test
    void close_fromCallbacksAndSeveralThreads_ends() throws Exception {
        AtomicReference<Engine> self = new AtomicReference<>();
        EngineListener closing = new EngineListener() {
            @Override
            public void finished(FinishedRequest request) {
                self.get().close();
            }
        };
        Engine engine =
                Engine.start(model, EngineFixture.options().listener(closing).build());
        self.set(engine);
        Generation endless = engine.submit(EngineFixture.endless(5).build());
        Generation shortOne = engine.submit(EngineFixture.greedy(5).maxTokens(2).build());
        CompletableFuture<Void> dependent = shortOne.result().thenAccept(answer -> engine.close());
        List<FutureTask<Boolean>> closers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            closers.add(TestModels.start("close-" + i, () -> {
                endless.text();
                engine.close();
                return true;
            }));
        }
        dependent.get(5, TimeUnit.MINUTES);
        for (FutureTask<Boolean> closer : closers) {
            assertThat(closer.get(5, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(engine.isOpen()).isFalse();
        assertThat(endless.isFinished()).isTrue();
    }

    @Test
    void close_fromASamplerOnTheEnginesThread_freesEverything() throws InterruptedException {
        long before = TestModels.settledHandles();
        AtomicReference<Engine> self = new AtomicReference<>();
        Engine engine = Engine.start(model, EngineFixture.options().build());
        self.set(engine);
        engine.submit(Request.builder(List.of(ChatMessage.user("hi")))
                        .maxTokens(1)
                        .build())
                .text();
        Generation generation = engine.submit(Request.builder(new int[] {5})
                .samplers(Sampler.customLogits((tokens, logits) -> self.get().close()), Sampler.greedy())
                .build());
        assertThat(generation.await(SOON)).isTrue();
        EngineFixture.awaitHandles(before);
    }

    @Test
    void drain_fromASamplerOnTheEnginesThread_doesNotWaitForItself() throws InterruptedException {
        AtomicReference<Engine> self = new AtomicReference<>();
        Engine engine = Engine.start(model, EngineFixture.options().build());
        self.set(engine);
        Generation generation = engine.submit(Request.builder(new int[] {5})
                .samplers(
                        Sampler.customLogits((tokens, logits) -> self.get().drain(Duration.ofHours(1))),
                        Sampler.greedy())
                .build());
        assertThat(generation.await(SOON)).isTrue();
        engine.close();
    }
}
