package dev.tokapu.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.embedding.EmbedProgress;
import dev.tokapu.embedding.LongTexts;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Labels of texts; {@code EmbeddingIT} compares their scores with llama.cpp's. */
@Timeout(300)
class ClassifierIT {

    private static final ContextOptions CONTEXT =
            ContextOptions.builder().threads(1).batchThreads(1).build();

    @TempDir
    static Path folder;

    private static Model load(TinyPositionsGguf kind) throws IOException {
        return Model.load(Files.write(folder.resolve(kind + ".gguf"), kind.bytes()));
    }

    @Test
    void classify_givesAllLabels_theBestFirst() throws IOException {
        try (Model model = load(TinyPositionsGguf.CLASSIFYING);
                Classifier classifier = Classifier.open(model, CONTEXT, LongTexts.ERROR)) {
            assertThat(classifier.labels()).containsExactly("label 0", "label 1", "label 2");
            List<LabelScore> labels = classifier.classify("the sea");
            assertThat(labels)
                    .isSortedAccordingTo((a, b) -> Float.compare(b.score(), a.score()))
                    .allSatisfy(label -> assertThat(label.label()).isEqualTo("label " + label.index()));
            double sum = labels.stream().mapToDouble(LabelScore::probability).sum();
            assertThat(sum).isCloseTo(1, within(1e-9));
            double ratio = labels.get(0).probability() / labels.get(1).probability();
            double difference = (double) labels.get(0).score() - labels.get(1).score();
            assertThat(Math.log(ratio)).isCloseTo(difference, within(1e-4));
            List<String> texts = List.of("a bird", "the sea");
            assertThat(classifier
                            .classify(texts, EmbedProgress.NONE)
                            .get(1)
                            .get(0)
                            .label())
                    .isEqualTo(labels.get(0).label());
            assertThatThrownBy(() -> classifier.classify(texts, (done, total) -> false))
                    .isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void labels_withoutNames_haveThoseOfTransformers() throws IOException {
        try (Model model = load(TinyPositionsGguf.RANKING);
                Classifier classifier = Classifier.open(model)) {
            assertThat(classifier.labels()).containsExactly("LABEL_0");
            assertThat(classifier.classify("the sea").get(0).probability()).isEqualTo(1);
        }
    }

    @Test
    void longTexts_areRefusedOrCut() throws IOException {
        String text = "ab".repeat(TinyPositionsGguf.POSITIONS);
        try (Model model = load(TinyPositionsGguf.CLASSIFYING);
                Classifier refusing = Classifier.open(model);
                Classifier cutting = Classifier.open(model, CONTEXT, LongTexts.TRUNCATE)) {
            assertThatThrownBy(() -> refusing.classify(List.of("sea", text)))
                    .isInstanceOf(ContextOverflowException.class)
                    .hasMessageContaining("text 2 of 2");
            assertThat(cutting.classify(text)).hasSize(3);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Classifier.open(model, CONTEXT, LongTexts.SPLIT))
                    .withMessageContaining("longTexts is SPLIT");
        }
    }

    @Test
    void modelsWithoutAHead_areRefused() throws IOException {
        try (Model model = load(TinyPositionsGguf.ENCODER)) {
            assertThatThrownBy(() -> Classifier.open(model))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("classification head");
            ContextOptions mean = CONTEXT.toBuilder().pooling(Pooling.MEAN).build();
            assertThatThrownBy(() -> Classifier.open(model, mean, LongTexts.ERROR))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("Pooling.MEAN");
        }
    }
}
