package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.testsupport.LogCapture;
import dev.tokapu.testsupport.Thorough;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is left of an engine that was closed, or forgotten. */
@Timeout(300)
class EngineCloseIT {

    @TinyModel
    private static Model model;

    /** Those that are still there once no more than so many are, or after a while, shorter than an idle thread would stay. */
    private static List<String> threadsOf(String engine, int most) {
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        List<String> found = liveThreadsOf(engine);
        while (found.size() > most && System.nanoTime() < end) {
            Thread.onSpinWait();
            found = liveThreadsOf(engine);
        }
        return found;
    }

    private static List<String> liveThreadsOf(String engine) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.equals(engine) || name.startsWith(engine + '-'))
                .toList();
    }

    @Test
    void close_inTheMiddle_leavesNoThreadsAndGaugesOfZero() {
        for (int round = 0; round < Thorough.cases(20, 10, 4); round++) {
            Engine engine = Engine.start(
                    model,
                    EngineFixture.options()
                            .maxSequences(2)
                            .sequenceContextSize(8192)
                            .build());
            String name = engine.core().thread().getName();
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                all.add(engine.submit(EngineFixture.endless(5, 6).build()));
            }
            all.get(0).iterator().next();
            engine.close();
            assertThat(threadsOf(name, 0)).isEmpty();
            EngineSnapshot after = engine.snapshot();
            assertThat(after.running()).isZero();
            assertThat(after.waiting()).isZero();
            assertThat(after.generating()).isZero();
            assertThat(after.reservedTokens()).isZero();
            assertThat(all).allSatisfy(answer -> assertThat(answer.result()).isDone());
        }
    }

    @Test
    void drain_leavesNoThreads() {
        Engine engine = Engine.start(model, EngineFixture.options().build());
        String name = engine.core().thread().getName();
        Generation answer =
                engine.submit(EngineFixture.greedy(5, 6).maxTokens(20).build());
        CompletableFuture<Integer> length =
                answer.result().thenApply(a -> a.text().length());
        assertThat(engine.drain(Duration.ofMinutes(5))).isTrue();
        assertThat(length.join()).isEqualTo(answer.text().length());
        EngineFixture.await("no threads", () -> liveThreadsOf(name).isEmpty());
    }

    @Test
    void close_whileUsersCodeBlocks_comesBackAndItsThreadEndsLater() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Engine engine = Engine.start(model, EngineFixture.options().build());
        String name = engine.core().thread().getName();
        Generation answer = engine.submit(EngineFixture.endless(5, 6).build());
        CountDownLatch inside = new CountDownLatch(1);
        CompletableFuture<Void> blocking = answer.result().thenRun(() -> {
            inside.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        answer.cancel();
        inside.await();
        engine.close();
        assertThat(threadsOf(name, 1)).hasSize(1);
        goOn.countDown();
        blocking.join();
        EngineFixture.await("no threads", () -> liveThreadsOf(name).isEmpty());
    }

    @Test
    void forgottenEngine_isClosedWithAWarning() {
        long before = TestModels.settledHandles();
        try (LogCapture log = LogCapture.start()) {
            String name = forget();
            EngineFixture.await("closed", () -> {
                System.gc();
                return liveThreadsOf(name).isEmpty() && TestModels.liveHandles() <= before;
            });
            assertThat(log.warnings()).anyMatch(EngineCloseIT::isOfAnEngine);
        }
    }

    private static boolean isOfAnEngine(String warning) {
        return warning.startsWith("An engine of ") && warning.contains("was never closed");
    }

    private static String forget() {
        Engine engine = Engine.start(model, EngineFixture.options().build());
        engine.submit(EngineFixture.greedy(5, 6).maxTokens(5).build()).text();
        return engine.core().thread().getName();
    }

    @Test
    void engineWhoseAnswerIsAwaited_isNotForgotten() {
        try (LogCapture log = LogCapture.start()) {
            Forgotten forgotten = submitAndForget();
            Generation answer = forgotten.answer();
            for (int i = 0; i < 20; i++) {
                System.gc();
                int tokens = answer.usage().generatedTokens();
                EngineFixture.await("a token", () -> answer.usage().generatedTokens() > tokens);
            }
            assertThat(answer.isFinished()).isFalse();
            assertThat(log.warnings()).noneMatch(EngineCloseIT::isOfAnEngine);
            answer.cancel();
            EngineFixture.await("closed", () -> {
                System.gc();
                return liveThreadsOf(forgotten.name()).isEmpty();
            });
            assertThat(log.warnings()).anyMatch(EngineCloseIT::isOfAnEngine);
        }
    }

    private record Forgotten(String name, Generation answer) {}

    private static Forgotten submitAndForget() {
        Engine engine = Engine.start(
                model, EngineFixture.options().sequenceContextSize(8192).build());
        return new Forgotten(
                engine.core().thread().getName(),
                engine.submit(EngineFixture.endless(5, 6).build()));
    }
}
