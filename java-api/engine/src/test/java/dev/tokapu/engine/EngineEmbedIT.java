package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.exception.ContextOverflowException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Embeddings that share the steps of an engine, compared with a context of their own. */
@Timeout(300)
class EngineEmbedIT {

    @TinyModel
    private static Model model;

    private static ContextOptions context(Pooling pooling) {
        return ContextOptions.builder()
                .embeddings(true)
                .pooling(pooling)
                .threads(1)
                .batchThreads(1)
                .build();
    }

    private static EngineOptions.Builder options(Pooling pooling) {
        return EngineOptions.builder().context(context(pooling)).maxSequences(7).sequenceContextSize(60);
    }

    private static float[] alone(int[] tokens, Pooling pooling) {
        try (Context context =
                model.newContext(context(pooling).toBuilder().contextSize(64).build())) {
            Batch batch = new Batch(tokens.length);
            for (int i = 0; i < tokens.length; i++) {
                batch.add(tokens[i], i, 0, true);
            }
            context.decode(batch);
            return context.outputs().sequenceEmbeddings(0);
        }
    }

    private static float[] embed(Engine engine, int[] tokens, boolean normalized) throws Exception {
        return engine.embed(EmbedRequest.builder(tokens).normalized(normalized).build())
                .get(5, TimeUnit.MINUTES);
    }

    @Test
    void embed_manyTexts_equalsAContextOfItsOwn() throws Exception {
        Random random = new Random(1);
        for (Pooling pooling : List.of(Pooling.MEAN, Pooling.LAST, Pooling.CLS)) {
            try (Engine engine = Engine.start(model, options(pooling).build())) {
                Runnable goOn = EngineFixture.hold(engine); // or each text might be alone
                List<int[]> texts = new ArrayList<>();
                List<CompletableFuture<float[]>> vectors = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    int[] tokens = random.ints(1 + random.nextInt(60), 3, 300).toArray();
                    texts.add(tokens);
                    vectors.add(engine.embed(
                            EmbedRequest.builder(tokens).normalized(false).build()));
                }
                goOn.run();
                for (int i = 0; i < texts.size(); i++) {
                    assertThat(vectors.get(i).get(5, TimeUnit.MINUTES))
                            .as("%s of text %d", pooling, i)
                            .containsExactly(alone(texts.get(i), pooling), within(TestModels.tolerance(model, 0.005f)));
                }
                EngineSnapshot snapshot = engine.snapshot();
                assertThat(snapshot.completed()).isEqualTo(40);
                assertThat(snapshot.steps()).as("texts share steps").isLessThan(40);
            }
        }
    }

    @Test
    void embed_normalized_hasLengthOneAndTheSameDirection() throws Exception {
        int[] tokens = {5, 6, 7, 8};
        try (Engine engine = Engine.start(model, options(Pooling.MEAN).build())) {
            float[] raw = embed(engine, tokens, false);
            float[] unit = embed(engine, tokens, true);
            double length = length(raw);
            assertThat(length(unit)).isCloseTo(1, within(1e-5));
            for (int i = 0; i < raw.length; i++) {
                assertThat((double) unit[i]).isCloseTo(raw[i] / length, within(1e-5));
            }
            assertThat(length(engine.embed("hello").get(5, TimeUnit.MINUTES))).isCloseTo(1, within(1e-5));
        }
    }

    @Test
    void builder_hasTheSettings() {
        EmbedRequest request = EmbedRequest.builder("a")
                .normalized(false)
                .priority(3)
                .tenant("t")
                .build();
        assertThat(request.normalized()).isFalse();
        assertThat(request.scheduling())
                .isEqualTo(SchedulingOptions.defaults().withPriority(3).withTenant("t"));
        assertThat(ScoreRequest.builder("a", "b")
                        .priority(2)
                        .build()
                        .scheduling()
                        .priority())
                .isEqualTo(2);
    }

    private static double length(float[] vector) {
        double square = 0;
        for (float value : vector) {
            square += (double) value * value;
        }
        return Math.sqrt(square);
    }

    @Test
    void embed_longerThanASequence_isRefused() {
        try (Engine engine = Engine.start(model, options(Pooling.MEAN).build())) {
            assertThatThrownBy(() -> engine.embed(EmbedRequest.of(new int[61])))
                    .isInstanceOf(ContextOverflowException.class);
        }
    }

    @Test
    void submit_onAnEngineOfEmbeddings_saysWhichOneToStart() {
        try (Engine engine = Engine.start(model, options(Pooling.MEAN).build())) {
            assertThatThrownBy(() -> engine.submit(Request.of("a")))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("without ContextOptions.embeddings");
            assertThatThrownBy(() -> engine.score(ScoreRequest.of("a", "b")))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void embedTokens_areThoseOfAContextOfItsOwn() throws Exception {
        int[] tokens = EngineFixture.prompt(new Random(3), 20);
        Batch batch = new Batch(tokens.length);
        for (int i = 0; i < tokens.length; i++) {
            batch.add(tokens[i], i, 0, true);
        }
        ContextOptions alone = options(Pooling.NONE).build().context().toBuilder()
                .contextSize(64)
                .build();
        try (Engine engine = Engine.start(model, options(Pooling.NONE).build());
                Context context = model.newContext(alone)) {
            context.decode(batch);
            Runnable goOn = EngineFixture.hold(engine); // or each text might be alone
            EmbedRequest request =
                    EmbedRequest.builder(tokens).normalized(false).build();
            List<CompletableFuture<List<float[]>>> texts = List.of(
                    engine.embedTokens(EmbedRequest.of("the sea")),
                    engine.embedTokens(request),
                    engine.embedTokens(EmbedRequest.of(tokens)));
            goOn.run();
            List<float[]> vectors = texts.get(1).get(5, TimeUnit.MINUTES);
            assertThat(vectors).hasSize(tokens.length);
            for (int i = 0; i < tokens.length; i++) {
                assertThat(vectors.get(i))
                        .containsExactly(context.outputs().embeddings(i), within(TestModels.tolerance(model, 0.005f)));
                assertThat(length(texts.get(2).get(5, TimeUnit.MINUTES).get(i))).isCloseTo(1, within(1e-4));
            }
            assertThat(texts.get(0).get(5, TimeUnit.MINUTES))
                    .hasSize(model.vocab().tokenize("the sea").length);
            assertThatThrownBy(() -> engine.embed("a"))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("of the tokens");
        }
        try (Engine engine = Engine.start(model, options(Pooling.MEAN).build())) {
            assertThatThrownBy(() -> engine.embedTokens(EmbedRequest.of(tokens)))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("Pooling.NONE");
        }
    }

    @Test
    void start_withWhatCannotEmbed_isRefused() {
        assertThatThrownBy(
                        () -> Engine.start(model, options(Pooling.UNSPECIFIED).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ContextOptions.pooling");
        assertThatThrownBy(() -> Engine.start(
                        model,
                        options(Pooling.MEAN).kvLayout(KvCacheLayout.SPLIT).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SPLIT");
        assertThatThrownBy(() -> Engine.start(
                        model, options(Pooling.MEAN).maxPrefillTokens(32).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxPrefillTokens");
    }
}
