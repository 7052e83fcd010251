package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.classification.Classifier;
import dev.tokapu.classification.LabelScore;
import dev.tokapu.embedding.EmbedProgress;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.embedding.LongTexts;
import dev.tokapu.embedding.Similarity;
import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.MiniLm;
import dev.tokapu.testsupport.Oracle;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vectors of a real model for texts of all scripts, and scores of a classifier, compared with what llama-embedding prints. */
@Tag("checkout")
class EmbeddingIT {

    private static final double SAME = 0.9999;
    private static final ContextOptions CONTEXT = ContextOptions.builder()
            .threads(Reference.THREADS)
            .batchThreads(Reference.THREADS)
            .build();

    private static Oracle oracle() {
        return Reference.oracle().with(Reference.EMBEDDING_TOOL);
    }

    private static float[] numbers(String line) {
        String[] words = line.trim().split(" ", -1);
        float[] numbers = new float[words.length];
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Float.parseFloat(words[i]);
        }
        return numbers;
    }

    @ParameterizedTest
    @EnumSource(MiniLm.class)
    void vectors_ofTextsOfAllScripts_equalToLlamaEmbedding(MiniLm weights) {
        List<String> texts = Corpus.sample(Thorough.cases(500, 250, 50));
        Path file = weights.file();
        List<String> expected = oracle().embeddings(file, texts, false, Reference.THREADS);
        try (Model model = Model.load(file);
                Embedder embedder = Embedder.open(
                        model, EmbedderOptions.builder().context(CONTEXT).build())) {
            List<float[]> vectors = embedder.embed(texts);
            for (int i = 0; i < texts.size(); i++) {
                assertThat(Similarity.cosine(vectors.get(i), numbers(expected.get(i))))
                        .as(texts.get(i))
                        .isGreaterThan(SAME);
            }
            for (int i = 0; i < texts.size(); i += 50) {
                assertThat(Similarity.cosine(embedder.embed(texts.get(i)), vectors.get(i)))
                        .as("alone and beside others: %s", texts.get(i))
                        .isGreaterThan(SAME);
            }
        }
    }

    @Test
    void scoresOfLabels_equalToLlamaEmbedding(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("classifying.gguf"), TinyPositionsGguf.CLASSIFYING.bytes());
        List<String> texts = List.of("the sea", "a bird on the hill", "water and salt: that is it");
        List<String> expected = oracle().embeddings(file, texts, true, Reference.THREADS);
        try (Model model = Model.load(file);
                Classifier classifier = Classifier.open(model, CONTEXT, LongTexts.ERROR)) {
            List<List<LabelScore>> labels = classifier.classify(texts, EmbedProgress.NONE);
            for (int i = 0; i < texts.size(); i++) {
                float[] scores = new float[classifier.labels().size()];
                labels.get(i).forEach(label -> scores[label.index()] = label.score());
                assertThat(scores).containsExactly(numbers(expected.get(i)), within(0.005f));
                assertThat(labels.get(i).stream()
                                .map(LabelScore::score)
                                .distinct()
                                .count())
                        .isEqualTo(scores.length);
            }
        }
    }
}
