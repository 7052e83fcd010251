package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TinyModel;
import dev.tokapu.classification.Classifier;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.embedding.LongTexts;
import dev.tokapu.embedding.Similarity;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine as the encoder of an {@link Embedder} and a {@link Classifier}. */
@Timeout(300)
class EngineEncodeIT {

    private static final double SAME = 0.9999;

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

    private static Engine engine(Pooling pooling, int queue) {
        return Engine.start(
                model,
                EngineOptions.builder()
                        .context(context(pooling))
                        .maxSequences(4)
                        .queueCapacity(queue)
                        .sequenceContextSize(60)
                        .build());
    }

    private static List<String> texts(int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add("a text ".repeat(1 + i % 5) + i);
        }
        return texts;
    }

    @Test
    void embed_manyMoreThanTheQueue_equalsAContextOfItsOwn() {
        EmbedderOptions options = EmbedderOptions.builder()
                .context(context(Pooling.MEAN).toBuilder().contextSize(60).build())
                .dimensions(16)
                .longTexts(LongTexts.SPLIT)
                .build();
        List<String> texts = new ArrayList<>(texts(200));
        texts.add("long ".repeat(100));
        try (Engine engine = engine(Pooling.MEAN, 2);
                Embedder own = Embedder.open(model, options);
                Embedder embedder = Embedder.of(engine, options)) {
            List<float[]> expected = own.embed(texts);
            Runnable goOn = EngineFixture.hold(engine); // or each text might be alone
            CompletableFuture<List<float[]>> call = CompletableFuture.supplyAsync(() -> embedder.embed(texts));
            EngineFixture.await("a full queue", () -> engine.snapshot().submitted() == 6);
            goOn.run();
            List<float[]> vectors = call.join();
            for (int i = 0; i < texts.size(); i++) {
                assertThat(vectors.get(i)).hasSize(16);
                assertThat(Similarity.cosine(vectors.get(i), expected.get(i)))
                        .as(texts.get(i))
                        .isGreaterThan(SAME);
            }
            EngineSnapshot snapshot = engine.snapshot();
            assertThat(snapshot.steps()).as("texts share steps").isLessThan(snapshot.completed());
        }
    }

    @Test
    void embedTokens_equalsAContextOfItsOwn() {
        EmbedderOptions options =
                EmbedderOptions.builder().context(context(Pooling.NONE)).build();
        try (Engine engine = engine(Pooling.NONE, 100);
                Embedder own = Embedder.open(model, options);
                Embedder embedder = Embedder.of(engine)) {
            List<float[]> vectors = embedder.embedTokens("the sea");
            List<float[]> expected = own.embedTokens("the sea");
            assertThat(vectors).hasSameSizeAs(expected);
            for (int i = 0; i < vectors.size(); i++) {
                assertThat(Similarity.cosine(vectors.get(i), expected.get(i))).isGreaterThan(SAME);
            }
        }
    }

    @Test
    void classify_sharesTheEngine(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("classifying.gguf"), TinyPositionsGguf.CLASSIFYING.bytes());
        try (Model labels = Model.load(file);
                Engine engine = Engine.start(
                        labels,
                        EngineOptions.builder().context(context(Pooling.RANK)).build());
                Classifier own = Classifier.open(labels)) {
            Classifier classifier = Classifier.of(engine, LongTexts.TRUNCATE);
            assertThat(classifier.classify("the sea").get(0).label())
                    .isEqualTo(own.classify("the sea").get(0).label());
        }
    }

    @Test
    void progress_cancelsWhatIsNotComputed() {
        try (Engine engine = engine(Pooling.MEAN, 100)) {
            Embedder embedder = Embedder.of(engine);
            assertThatThrownBy(() -> embedder.embed(texts(100), (done, total) -> done < 3))
                    .isInstanceOf(CancellationException.class);
            EngineFixture.awaitIdle(engine);
            assertThat(engine.snapshot().completed()).isLessThan(100);
        }
    }

    @Test
    void scheduling_holdsForEachText() {
        try (Engine engine = engine(Pooling.MEAN, 100)) {
            Runnable goOn = EngineFixture.hold(engine);
            Embedder hurried =
                    Embedder.of(engine.encoder(SchedulingOptions.defaults().withDeadline(Duration.ofNanos(1))));
            CompletableFuture<Void> call = CompletableFuture.runAsync(() -> hurried.embed(texts(3)));
            EngineFixture.await("late", () -> engine.snapshot().submitted() >= 3);
            goOn.run();
            assertThatThrownBy(call::join)
                    .hasCauseInstanceOf(GenerationException.class)
                    .hasRootCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void wrongCalls_areRefusedInPlainWords() {
        Engine engine = engine(Pooling.MEAN, 100);
        Embedder embedder = Embedder.of(engine);
        assertThatThrownBy(() -> embedder.embed(List.of("a", "long ".repeat(100))))
                .isInstanceOf(ContextOverflowException.class);
        EmbedRequest request = EmbedRequest.builder("a").dimensions(100_000).build();
        assertThatThrownBy(() -> engine.embed(request)).hasMessageContaining("dimensions is 100000");
        engine.close();
        assertThatIllegalStateException().isThrownBy(() -> embedder.embed("a"));
        try (Engine generating = Engine.start(
                model, EngineFixture.options().sequenceContextSize(64).build())) {
            assertThatThrownBy(() -> Embedder.of(generating))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("embeddings(true)");
        }
    }
}
