package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TinyModel;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.StepBatch;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.exception.NativeAbortException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What ends with its prompt fails alone, and gives back its adapters however it ends. */
@Timeout(300)
class EnginePromptFailureIT {

    private static final String TEXT = " the sea and the wind";

    @TinyModel
    private static Model model;

    @TempDir
    Path folder;

    private LoraAdapter adapter(int seed) {
        return EngineFixture.adapter(model, folder, seed);
    }

    private static ScoreRequest adapted(LoraAdapter adapter) {
        return new ScoreRequest("tell me of", TEXT, SchedulingOptions.defaults().withAdapters(LoraSet.of(adapter)));
    }

    private static void awaitNoAdapters(Engine engine) {
        EngineFixture.await(
                "adapters are given back", () -> engine.core().adapters().size() == 0);
    }

    @Test
    void score_adapterClosedBeforeItsStep_failsAlone() throws Exception {
        try (Engine engine = Engine.start(
                        model, EngineFixture.options().maxSequences(2).build());
                LoraAdapter good = adapter(2)) {
            LoraAdapter bad = adapter(1);
            bad.close();
            Generation beside =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(100).build());
            CompletableFuture<ScoredContinuation> failing = engine.score(adapted(bad));
            CompletableFuture<ScoredContinuation> well = engine.score(adapted(good));
            assertThatThrownBy(() -> failing.get(5, TimeUnit.MINUTES))
                    .hasCauseInstanceOf(GenerationException.class)
                    .hasStackTraceContaining("closed");
            assertThat(well.get(5, TimeUnit.MINUTES).text()).isEqualTo(TEXT);
            beside.text();
            EngineIT.assertGreedy(model, new int[] {5, 6}, beside.tokens());
            EngineFixture.awaitIdle(engine);
            awaitNoAdapters(engine);
            assertThat(engine.isOpen()).isTrue();
            assertThat(engine.snapshot().failed()).isEqualTo(1);
            assertThat(engine.snapshot().completed()).isEqualTo(2);
        }
    }

    /** A prompt whose part with a certain position cannot be read. */
    private static final class Unreadable extends PromptTask<Integer> {

        private final int position;
        private final RuntimeException failure;

        Unreadable(Entry entry, int[] prompt, int position, RuntimeException failure) {
            super(FinishedRequest.Operation.SCORE, entry, prompt, prompt.length, false);
            this.position = position;
            this.failure = failure;
        }

        @Override
        public boolean hasOutput(int at) {
            return at == prompt.length - 1;
        }

        @Override
        void read(Context context, PlanEntry<EngineTask> entry, StepBatch batch) {
            if (entry.from() <= position && position < entry.end()) {
                throw failure;
            }
        }
    }

    private static CompletableFuture<Integer> unreadable(
            Engine engine, int length, int position, RuntimeException failure) {
        int[] prompt = EngineFixture.prompt(new Random(3), length);
        EngineCore core = engine.core();
        RequestPreprocessor.Terms terms = new RequestPreprocessor.Terms(
                SchedulingOptions.defaults(), null, false, Arrival.now(ObservedRequest.UNSEEN));
        try (CapacityLimiter.Reservation reservation =
                engine.replicas.shared().capacity.reserve(1)) {
            PromptTask<Integer> task = core.preprocessor()
                    .prompt(
                            terms,
                            RequestAdapters.of(core.adapters(), LoraSet.NONE, prompt),
                            entry -> new Unreadable(entry, prompt, position, failure));
            core.submitNew(engine, task);
            reservation.keep();
            return task.result();
        }
    }

    @Test
    void score_whoseRowsCannotBeRead_failsAlone() throws Exception {
        EngineOptions options = EngineFixture.options().maxPrefillTokens(16).build();
        try (Engine engine = Engine.start(model, options)) {
            Generation beside =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(100).build());
            // In the middle and at the end of its steps.
            for (int position : new int[] {0, 20, 59}) {
                CompletableFuture<Integer> failing =
                        unreadable(engine, 60, position, new IllegalStateException("row " + position));
                CompletableFuture<ScoredContinuation> well = engine.score(ScoreRequest.of("tell me of", TEXT));
                assertThatThrownBy(() -> failing.get(5, TimeUnit.MINUTES))
                        .hasCauseInstanceOf(GenerationException.class)
                        .hasStackTraceContaining("row " + position);
                assertThat(well.get(5, TimeUnit.MINUTES).text()).isEqualTo(TEXT);
            }
            beside.text();
            EngineIT.assertGreedy(model, new int[] {5, 6}, beside.tokens());
            EngineFixture.awaitIdle(engine);
            assertThat(engine.isOpen()).isTrue();
            assertThat(engine.snapshot().failed()).isEqualTo(3);
            assertThat(engine.snapshot().completed()).isEqualTo(4);
        }
    }

    @Test
    void score_prefillStoppedByAnAbort_failsTheEngine() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            CompletableFuture<Integer> failing =
                    unreadable(engine, 6, 5, new NativeAbortException("GGML_ASSERT(mine)"));
            assertThatThrownBy(() -> failing.get(5, TimeUnit.MINUTES)).hasStackTraceContaining("GGML_ASSERT(mine)");
            EngineFixture.await("end", () -> !engine.isOpen());
        }
    }

    @Test
    void embed_vectorThatCannotBeRead_failsAlone() throws Exception {
        ContextOptions context = ContextOptions.builder()
                .embeddings(true)
                .pooling(Pooling.MEAN)
                .threads(1)
                .batchThreads(1)
                .build();
        try (Engine engine =
                Engine.start(model, EngineFixture.options().context(context).build())) {
            float[] before = engine.embed("the sea").get(5, TimeUnit.MINUTES);
            EngineFixture.awaitIdle(engine);
            engine.core().context().setEmbeddings(false);
            assertThatThrownBy(() -> engine.embed("the sea").get(5, TimeUnit.MINUTES))
                    .hasCauseInstanceOf(GenerationException.class)
                    .hasStackTraceContaining("makes no embeddings");
            EngineFixture.awaitIdle(engine);
            engine.core().context().setEmbeddings(true);
            assertThat(engine.embed("the sea").get(5, TimeUnit.MINUTES)).isEqualTo(before);
            assertThat(engine.snapshot().failed()).isEqualTo(1);
        }
    }

    @Test
    void scores_computedCancelledAndLeftWhenTheEngineCloses_giveTheirAdaptersBack() throws Exception {
        try (LoraAdapter one = adapter(1)) {
            Engine engine = Engine.start(model, EngineFixture.options().build());
            List<CompletableFuture<ScoredContinuation>> scores = new ArrayList<>();
            try (engine) {
                engine.score(adapted(one)).get(5, TimeUnit.MINUTES);
                awaitNoAdapters(engine);
                for (int i = 0; i < 20; i++) {
                    scores.add(engine.score(adapted(one)));
                }
                for (int i = 0; i < 20; i += 2) {
                    scores.get(i).cancel(false);
                }
            }
            awaitNoAdapters(engine);
            for (CompletableFuture<ScoredContinuation> score : scores) {
                EngineFixture.await("the score ends", score::isDone);
            }
            EngineSnapshot end = engine.snapshot();
            assertThat(end.completed() + end.cancelled()).isEqualTo(21);
        }
    }
}
