package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.engine.EngineReplica.State;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A replica that fails or hangs is left out, and what it had not begun to answer goes on elsewhere. */
@Timeout(300)
class EngineReplicaFailureIT {

    @TinyModel
    private static Model model;

    private static Engine two(EngineOptions.Builder options) {
        return Engine.start(List.of(model, model), options.build());
    }

    private static List<Runnable> hold(Engine engine) {
        return engine.replicas.cores().stream().map(EngineFixture::hold).toList();
    }

    private static void fail(Engine engine, int replica) {
        engine.replicas.cores().get(replica).loop().tell(loop -> {
            throw new IllegalStateException("the device is lost");
        });
    }

    private static List<State> states(Engine engine) {
        return engine.replicas().stream().map(EngineReplica::state).toList();
    }

    private static void assertWhole(Generation answer, int token) {
        answer.text();
        EngineIT.assertGreedy(model, new int[] {5, token}, answer.tokens());
        assertThat(answer.tokens()).hasSize(20);
    }

    @Test
    void replicaThatFails_whatWaitedThereIsComputedElsewhere() throws Exception {
        long before = TestModels.settledHandles();
        ConcurrentHashMap<Integer, Throwable> told = new ConcurrentHashMap<>();
        AtomicInteger all = new AtomicInteger();
        EngineListener listener = new EngineListener() {
            @Override
            public void replicaFailed(int replica, Throwable cause) {
                told.put(replica, cause);
            }

            @Override
            public void failed(Throwable cause) {
                all.incrementAndGet();
            }
        };
        try (Engine engine = two(EngineFixture.options().listener(listener))) {
            List<Runnable> held = hold(engine);
            List<Generation> answers = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                answers.add(engine.submit(
                        EngineFixture.greedy(5, 6 + i).maxTokens(20).build()));
            }
            Generation several = engine.submit(
                    EngineFixture.greedy(5, 6).maxTokens(20).answers(2).build());
            List<CompletableFuture<ScoredContinuation>> scores = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                scores.add(engine.score(ScoreRequest.of("a", "b" + i)));
            }
            CompletableFuture<ScoredContinuation> unwanted = engine.score(ScoreRequest.of("a", "c"));
            answers.get(10).cancel();
            answers.get(11).cancel();
            unwanted.cancel(false);
            fail(engine, 0);
            held.forEach(Runnable::run);
            for (int i = 0; i < 10; i++) {
                assertWhole(answers.get(i), 6 + i);
            }
            several.answers().forEach(answer -> assertWhole(answer, 6));
            for (CompletableFuture<ScoredContinuation> score : scores) {
                assertThat(score.get(2, TimeUnit.MINUTES).tokens()).isNotEmpty();
            }
            answers.get(10).text();
            answers.get(11).text();
            assertThat(answers.subList(10, 12)).allMatch(answer -> answer.finishReason() == FinishReason.CANCELLED);
            assertThat(states(engine)).containsExactly(State.ENDED, State.SERVING);
            EngineFixture.await("told", () -> told.containsKey(0));
            assertThat(all).hasValue(0);
            assertThat(engine.isOpen()).isTrue();
            EngineFixture.await("counted", () -> engine.snapshot().completed() == 16);
            assertThat(engine.snapshot().failed()).isZero();
            assertThat(engine.snapshot().submitted()).isEqualTo(18);
            fail(engine, 1);
            EngineFixture.await("failed", () -> !engine.isOpen() && all.get() == 1);
            assertThatThrownBy(() -> engine.submit(EngineFixture.greedy(5).build()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("failed");
        }
        EngineFixture.awaitHandles(before);
    }

    @Test
    void replicaThatFails_answersWithTextFailAndOthersGoOn() {
        try (Engine engine = two(EngineFixture.options().sequenceContextSize(8192))) {
            List<Generation> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(engine.submit(EngineFixture.endless(5, 6).build()));
            }
            for (Generation answer : answers) {
                answer.iterator().next();
            }
            fail(engine, 1);
            EngineFixture.await(
                    "failed",
                    () -> answers.stream().filter(Generation::isFinished).count() == 2);
            for (Generation answer : answers) {
                if (answer.isFinished()) {
                    assertThatThrownBy(answer::text)
                            .isInstanceOf(GenerationException.class)
                            .hasStackTraceContaining("the device is lost");
                } else {
                    int seen = answer.usage().generatedTokens();
                    EngineFixture.await("more", () -> answer.usage().generatedTokens() > seen + 2);
                    answer.cancel();
                }
            }
            Generation next =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(5).build());
            next.text();
            EngineIT.assertGreedy(model, new int[] {5, 6}, next.tokens());
        }
    }

    /** What was being computed, with nothing of it delivered, is computed again. */
    @Test
    void replicaThatFailsWhileItReadsThePrompt_answerComesFromAnother() {
        AtomicBoolean failed = new AtomicBoolean();
        EngineOptions.Builder options =
                EngineFixture.options().sequenceContextSize(2048).maxPrefillTokens(4);
        try (Engine engine = two(options)) {
            for (EngineCore core : engine.replicas.cores()) {
                EngineFixture.eachStep(core, loop -> {
                    if (loop.scheduler().running() > 0 && failed.compareAndSet(false, true)) {
                        throw new IllegalStateException("the device is lost");
                    }
                    return !failed.get();
                });
            }
            int[] prompt = EngineFixture.prompt(new Random(6), 1500);
            Generation answer =
                    engine.submit(EngineFixture.greedy(prompt).maxTokens(10).build());
            answer.text();
            assertThat(failed).isTrue();
            EngineIT.assertGreedy(model, prompt, answer.tokens());
            EngineFixture.await("out", () -> states(engine).contains(State.ENDED));
        }
    }

    @Test
    void replicaThatHangs_getsNothingAndWhatWaitedThereGoesElsewhere() {
        CountDownLatch goOn = new CountDownLatch(1);
        try (Engine engine = two(EngineFixture.options().maxSequences(2).watchdog(Duration.ofMillis(200)))) {
            Generation hanging = engine.submit(EngineFixture.greedy(5, 6)
                    .samplers(
                            Sampler.customLogits((tokens, logits) -> EngineFixture.awaitQuietly(goOn)),
                            Sampler.greedy())
                    .maxTokens(10)
                    .build());
            List<Generation> answers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                answers.add(engine.submit(EngineFixture.greedy(5, 7 + i)
                        .scheduling(SchedulingOptions.defaults().withPriority(i % 3))
                        .maxTokens(10)
                        .build()));
            }
            for (int i = 0; i < 10; i++) {
                answers.get(i).text();
                EngineIT.assertGreedy(
                        model, new int[] {5, 7 + i}, answers.get(i).tokens());
            }
            assertThat(hanging.isFinished()).isFalse();
            EngineFixture.await("suspended", () -> states(engine).contains(State.SUSPENDED));
            engine.submit(EngineFixture.greedy(5, 6).maxTokens(10).build()).text();
            goOn.countDown();
            hanging.text();
            EngineIT.assertGreedy(model, new int[] {5, 6}, hanging.tokens());
            EngineFixture.await("well", () -> states(engine).equals(List.of(State.SERVING, State.SERVING)));
            EngineFixture.awaitIdle(engine);
            assertThat(engine.snapshot().completed()).isEqualTo(12);
        } finally {
            goOn.countDown();
        }
    }

    /** Each replica has one sequence; the one whose answer ends first takes what waits for the other. */
    @Test
    void replicaWithRoom_takesWhatWaitsForAnother() {
        try (Engine engine = two(EngineFixture.options().maxSequences(2).sequenceContextSize(2048))) {
            int[] known = EngineFixture.prompt(new Random(5), 1500);
            engine.submit(EngineFixture.greedy(known).maxTokens(1).build()).text();
            EngineFixture.awaitIdle(engine);
            Generation first = engine.submit(EngineFixture.endless(known).build());
            Generation elsewhere = engine.submit(EngineFixture.endless(5, 6).build());
            first.iterator().next();
            elsewhere.iterator().next();
            Generation waits =
                    engine.submit(EngineFixture.greedy(known).maxTokens(5).build());
            elsewhere.cancel();
            waits.text();
            assertThat(first.isFinished()).isFalse();
            EngineIT.assertGreedy(model, known, waits.tokens());
            first.cancel();
        }
    }

    @Test
    void modelClosedUnderOneReplica_othersServe() {
        Model other = TestModels.tiny();
        try (Engine engine =
                Engine.start(List.of(model, other), EngineFixture.options().build())) {
            other.close();
            for (int i = 0; i < 12; i++) {
                Generation answer = engine.submit(
                        EngineFixture.greedy(5, 6 + i).maxTokens(5).build());
                answer.text();
                EngineIT.assertGreedy(model, new int[] {5, 6 + i}, answer.tokens());
            }
            assertThat(states(engine)).containsExactly(State.SERVING, State.SUSPENDED);
        }
    }
}
