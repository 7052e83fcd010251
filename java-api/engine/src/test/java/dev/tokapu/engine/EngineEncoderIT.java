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
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.testsupport.TinyPositionsGguf;
import dev.tokapu.text.FinishReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Encoders, which remember nothing, rerankers, and models that have so many positions and no more. */
@Timeout(300)
class EngineEncoderIT {

    @TempDir
    static Path folder;

    private static Model load(TinyPositionsGguf kind) throws IOException {
        Path file = folder.resolve(kind.name() + ".gguf");
        if (!Files.exists(file)) {
            Files.write(file, kind.bytes());
        }
        return Model.load(file);
    }

    private static ContextOptions context(Pooling pooling) {
        return ContextOptions.builder()
                .embeddings(true)
                .pooling(pooling)
                .threads(1)
                .batchThreads(1)
                .build();
    }

    private static EngineOptions.Builder options(Pooling pooling) {
        return EngineOptions.builder().context(context(pooling)).maxSequences(5);
    }

    private static float[] alone(Model model, int[] tokens, Pooling pooling) {
        ContextOptions options = context(pooling).toBuilder().contextSize(64).build();
        try (Context context = model.newContext(options)) {
            Batch batch = new Batch(tokens.length);
            for (int i = 0; i < tokens.length; i++) {
                batch.add(tokens[i], i, 0, true);
            }
            context.decode(batch);
            return context.outputs().sequenceEmbeddings(0);
        }
    }

    private static void assertEqualsAlone(Model model, Pooling pooling, boolean normalized, int width)
            throws Exception {
        Random random = new Random(1);
        try (Engine engine = Engine.start(model, options(pooling).build())) {
            assertThat(engine.sequenceContextSize()).isEqualTo(TinyPositionsGguf.POSITIONS);
            Runnable goOn = EngineFixture.hold(engine); // or each text might be alone
            List<int[]> texts = new ArrayList<>();
            List<CompletableFuture<float[]>> vectors = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                int length = i == 0 ? TinyPositionsGguf.POSITIONS : 1 + random.nextInt(TinyPositionsGguf.POSITIONS);
                texts.add(EngineFixture.prompt(random, length));
                vectors.add(engine.embed(EmbedRequest.builder(texts.get(i))
                        .normalized(normalized)
                        .build()));
            }
            goOn.run();
            for (int i = 0; i < texts.size(); i++) {
                assertThat(vectors.get(i).get(5, TimeUnit.MINUTES))
                        .as("%s of text %d", pooling, i)
                        .hasSize(width)
                        .containsExactly(
                                alone(model, texts.get(i), pooling), within(TestModels.tolerance(model, 0.005f)));
            }
            EngineSnapshot snapshot = engine.snapshot();
            assertThat(snapshot.completed()).isEqualTo(texts.size());
            assertThat(snapshot.steps()).as("texts share steps").isLessThan(texts.size());
            EngineFixture.awaitIdle(engine);
            assertThat(engine.isOpen()).isTrue();
        }
    }

    @Test
    void embed_encoder_equalsAContextOfItsOwn() throws Exception {
        try (Model model = load(TinyPositionsGguf.ENCODER)) {
            for (Pooling pooling : List.of(Pooling.UNSPECIFIED, Pooling.MEAN, Pooling.CLS, Pooling.LAST)) {
                assertEqualsAlone(model, pooling, false, model.info().outputEmbeddingSize());
            }
        }
    }

    @Test
    void embed_encoderSeesWhatFollows_notOnlyWhatStandsBefore() throws Exception {
        try (Model model = load(TinyPositionsGguf.ENCODER);
                Engine engine = Engine.start(model, options(Pooling.CLS).build())) {
            float[] one = engine.embed(EmbedRequest.of(new int[] {5, 6, 7})).get(5, TimeUnit.MINUTES);
            float[] other = engine.embed(EmbedRequest.of(new int[] {5, 6, 8})).get(5, TimeUnit.MINUTES);
            assertThat(one).isNotEqualTo(other);
        }
    }

    @Test
    void embed_reranker_givesTheScoresAsTheyAre() throws Exception {
        try (Model one = load(TinyPositionsGguf.RANKING);
                Model three = load(TinyPositionsGguf.CLASSIFYING)) {
            assertThat(three.info().classifierLabels()).containsExactly("label 0", "label 1", "label 2");
            for (Pooling pooling : List.of(Pooling.UNSPECIFIED, Pooling.RANK)) {
                // Normalized or not: scores are no vector.
                assertEqualsAlone(one, pooling, true, 1);
                assertEqualsAlone(three, pooling, true, 3);
            }
        }
    }

    @Test
    void embed_encoderCancelledAndTooLong_othersGoOn() throws Exception {
        try (Model model = load(TinyPositionsGguf.ENCODER);
                Engine engine = Engine.start(model, options(Pooling.MEAN).build())) {
            Random random = new Random(2);
            List<CompletableFuture<float[]>> vectors = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                vectors.add(engine.embed(EmbedRequest.of(EngineFixture.prompt(random, 1 + random.nextInt(60)))));
                if (i % 3 == 0) {
                    vectors.get(random.nextInt(i + 1)).cancel(false);
                }
            }
            assertThatThrownBy(() -> engine.embed(EmbedRequest.of(new int[TinyPositionsGguf.POSITIONS + 1])))
                    .isInstanceOf(ContextOverflowException.class);
            for (CompletableFuture<float[]> vector : vectors) {
                EngineFixture.await("the vector ends", vector::isDone);
            }
            assertThat(engine.embed("the sea").get(5, TimeUnit.MINUTES))
                    .hasSize(model.info().outputEmbeddingSize());
            EngineFixture.awaitIdle(engine);
            assertThat(engine.snapshot().failed()).isZero();
        }
    }

    @Test
    void start_rankingWithoutAHead_saysWhatToDo() throws IOException {
        try (Model model = load(TinyPositionsGguf.ENCODER)) {
            assertThatThrownBy(() -> Engine.start(model, options(Pooling.RANK).build()))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("classification head");
        }
        try (Model model = TestModels.tiny()) {
            assertThatThrownBy(() -> Engine.start(model, options(Pooling.RANK).build()))
                    .hasMessageContaining("classification head");
        }
    }

    @Test
    void start_encoderThatIsToGenerate_saysWhatToDo() throws IOException {
        try (Model model = load(TinyPositionsGguf.ENCODER)) {
            assertThatThrownBy(() -> Engine.start(
                            model,
                            EngineFixture.options().sequenceContextSize(64).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("embeddings(true)");
        }
    }

    @Test
    void start_moreTokensThanPositions_saysHowManyThereAre() throws IOException {
        for (TinyPositionsGguf kind : TinyPositionsGguf.values()) {
            boolean generates = kind == TinyPositionsGguf.GENERATING;
            EngineOptions.Builder options = generates ? EngineFixture.options() : options(Pooling.UNSPECIFIED);
            try (Model model = load(kind)) {
                assertThatThrownBy(() -> Engine.start(
                                model, options.sequenceContextSize(65).build()))
                        .as(kind.name())
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("positions for 64 tokens");
            }
        }
    }

    @Test
    void submit_learnedPositions_endsWithTheLastOne() throws IOException {
        try (Model model = load(TinyPositionsGguf.GENERATING);
                Engine engine = Engine.start(
                        model, EngineFixture.options().sequenceContextSize(0).build())) {
            Generation generation = engine.submit(EngineFixture.greedy(5, 6).build());
            generation.text();
            assertThat(generation.finishReason()).isEqualTo(FinishReason.CONTEXT_FULL);
            assertThat(generation.tokens()).hasSize(TinyPositionsGguf.POSITIONS - 2);
        }
    }
}
