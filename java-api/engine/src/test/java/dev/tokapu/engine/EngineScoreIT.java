package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.completion.Scorer;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TokenAlternatives;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Scores that share the steps of an engine, compared with those of a scorer of its own. */
@Timeout(300)
class EngineScoreIT {

    private static final ContextOptions CONTEXT =
            ContextOptions.builder().threads(1).batchThreads(1).build();
    private static final int[] ENDLESS = {5, 6, 7};

    @TinyModel
    private static Model model;

    private static EngineOptions.Builder options() {
        return EngineOptions.builder()
                .context(CONTEXT)
                .maxSequences(4)
                .sequenceContextSize(256)
                .samplingThreads(1)
                .maxPrefillTokens(16);
    }

    private static Engine start() {
        return Engine.start(model, options().build());
    }

    private static Request endless() {
        return EngineFixture.endless(ENDLESS).build();
    }

    @Test
    void promptLogProbabilities_areThoseOfGeneratedTokens() throws Exception {
        try (Engine engine = Engine.start(
                model, EngineFixture.options().sequenceContextSize(128).build())) {
            int[] prompt = EngineFixture.prompt(new Random(4), 60);
            Generation generation = engine.submit(EngineFixture.greedy(prompt)
                    .generation(GenerationOptions.builder()
                            .temperature(0)
                            .maxTokens(5)
                            .ignoreEnd(true)
                            .logProbabilities(3)
                            .build())
                    .build());
            generation.text();
            int[] all = IntStream.concat(IntStream.of(prompt), IntStream.of(generation.tokens()))
                    .toArray();
            List<TokenAlternatives> scores = engine.promptLogProbabilities(all, 3, SchedulingOptions.defaults())
                    .get(5, TimeUnit.MINUTES);
            assertThat(scores).hasSize(all.length - 1);
            for (int i = 0; i < scores.size(); i++) {
                assertThat(scores.get(i).chosen().token()).isEqualTo(all[i + 1]);
                assertThat(scores.get(i).top()).hasSize(3);
            }
            for (int i = 0; i < 5; i++) {
                assertThat(scores.get(prompt.length - 1 + i).chosen().logProbability())
                        .isCloseTo(generation.logProbabilities().get(i).chosen().logProbability(), within((double)
                                TestModels.tolerance(model, 0.05f)));
            }
            assertThat(engine.promptLogProbabilities(new int[] {5}, 1, SchedulingOptions.defaults())
                            .get(5, TimeUnit.MINUTES))
                    .isEmpty();
        }
    }

    @Test
    void promptLogProbabilities_negativeAlternatives_areRefused() {
        try (Engine engine = start()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.promptLogProbabilities(new int[] {5, 6}, -1, SchedulingOptions.defaults()))
                    .withMessageContaining("alternatives is -1");
        }
    }

    @Test
    void score_manyBesideGeneration_equalsScorer() throws Exception {
        List<String> texts = new ArrayList<>();
        for (int i = 1; i <= 12; i++) {
            texts.add(" the sea and the wind".repeat(i % 5 + 1) + i);
        }
        try (Engine engine = start();
                Scorer scorer =
                        Scorer.of(model, CONTEXT.toBuilder().contextSize(512).build())) {
            Generation generation = engine.submit(Request.builder(ENDLESS)
                    .samplers(Sampler.greedy())
                    .ignoreEnd(true)
                    .maxTokens(100)
                    .build());
            List<CompletableFuture<ScoredContinuation>> scores = new ArrayList<>();
            for (String text : texts) {
                scores.add(engine.score(ScoreRequest.of("tell me of", text)));
            }
            for (int i = 0; i < texts.size(); i++) {
                ScoredContinuation expected = scorer.score("tell me of", texts.get(i));
                ScoredContinuation actual = scores.get(i).get(5, TimeUnit.MINUTES);
                assertThat(actual.text()).isEqualTo(texts.get(i));
                assertThat(actual.tokens()).isEqualTo(expected.tokens());
                assertThat(actual.logProbabilities()).containsExactly(expected.logProbabilities(), within((double)
                        TestModels.tolerance(model, 0.005f)));
                assertThat(actual.isGreedy()).isEqualTo(expected.isGreedy());
            }
            generation.text();
            assertThat(generation.tokens()).hasSize(100);
            EngineIT.assertGreedy(model, ENDLESS, generation.tokens());
            assertThat(engine.snapshot().completed()).isEqualTo(texts.size() + 1);
        }
    }

    @Test
    void score_oneTokenAndWhatTheModelWouldSay_isGreedy() throws Exception {
        try (Engine engine = start()) {
            Generation generation = engine.submit(Request.builder("hello")
                    .samplers(Sampler.greedy())
                    .maxTokens(1)
                    .build());
            String likeliest = generation.text();
            ScoredContinuation score =
                    engine.score(ScoreRequest.of("hello", "\u0001")).get(5, TimeUnit.MINUTES);
            assertThat(score.tokens()).isNotEmpty();
            assertThat(score.logLikelihood()).isNegative();
            assertThat(score.isGreedy()).isEqualTo(likeliest.equals("\u0001"));
        }
    }

    @Test
    void score_cancelled_leavesAndOthersGoOn() throws Exception {
        try (Engine engine = Engine.start(model, options().maxSequences(1).build())) {
            Generation running = engine.submit(endless());
            CompletableFuture<ScoredContinuation> score = engine.score(ScoreRequest.of("a", "b"));
            assertThat(score.cancel(true)).isTrue();
            running.cancel();
            assertThat(engine.score(ScoreRequest.of("a", "b"))
                            .get(5, TimeUnit.MINUTES)
                            .logLikelihood())
                    .isNegative();
            assertThat(engine.snapshot().cancelled()).isGreaterThanOrEqualTo(1);
        }
    }

    @Test
    void score_overItsDeadline_failsWithTimeout() {
        try (Engine engine = Engine.start(
                model, options().maxSequences(1).sequenceContextSize(8192).build())) {
            Generation running = engine.submit(endless());
            SchedulingOptions soon = SchedulingOptions.defaults().withDeadline(Duration.ofMillis(30));
            CompletableFuture<ScoredContinuation> score = engine.score(new ScoreRequest("a", "b", soon));
            assertThatThrownBy(() -> score.get(5, TimeUnit.MINUTES))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class)
                    .hasMessageContaining("PT0.03S");
            running.cancel();
        }
    }

    @Test
    void close_withScoresWaiting_cancelsThem() {
        Engine engine = Engine.start(model, options().maxSequences(1).build());
        engine.submit(endless());
        CompletableFuture<ScoredContinuation> score = engine.score(ScoreRequest.of("a", "b"));
        engine.close();
        assertThatThrownBy(() -> score.get(5, TimeUnit.MINUTES)).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> engine.score(ScoreRequest.of("a", "b"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void score_whatCannotBeScored_isRefused() {
        try (Engine engine = start()) {
            assertThatThrownBy(() -> ScoreRequest.of("a", ""))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("empty");
            assertThatThrownBy(() -> engine.score(ScoreRequest.of("a", "b ".repeat(400))))
                    .isInstanceOf(ContextOverflowException.class);
            assertThatThrownBy(() -> engine.embed("a"))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("embeddings(true)");
        }
    }

    @Test
    void score_submittedAndCancelledFasterThanTheEngineSteps_findsRoomOrIsRejected() throws Exception {
        try (Engine engine =
                Engine.start(model, options().maxSequences(1).queueCapacity(2).build())) {
            for (int i = 0; i < 2000; i++) {
                try {
                    CompletableFuture<ScoredContinuation> score = engine.score(ScoreRequest.of("a", "b"));
                    score.cancel(true);
                } catch (RequestRejectedException e) {
                    Thread.sleep(1);
                }
            }
            assertThat(engine.snapshot().failed()).isZero();
            assertThat(scoreWhenThereIsRoom(engine).get(5, TimeUnit.MINUTES).logLikelihood())
                    .isNegative();
        }
    }

    /** The last of those that were cancelled may have their places for a moment longer. */
    private static CompletableFuture<ScoredContinuation> scoreWhenThereIsRoom(Engine engine)
            throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                return engine.score(ScoreRequest.of("a", "b"));
            } catch (RequestRejectedException e) {
                assertThat(System.nanoTime()).as("time to give up").isLessThan(end);
                Thread.sleep(1);
            }
        }
    }
}
