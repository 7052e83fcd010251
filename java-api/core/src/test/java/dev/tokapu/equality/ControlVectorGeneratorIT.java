package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.ContextOptions;
import dev.tokapu.ControlVector;
import dev.tokapu.Model;
import dev.tokapu.embedding.Similarity;
import dev.tokapu.steering.ControlVectorGenerator;
import dev.tokapu.steering.DirectionMethod;
import dev.tokapu.steering.PromptPair;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyMemoryGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Control vectors made of pairs of prompts are those of llama-cvector-generator. */
class ControlVectorGeneratorIT {

    private static final Path TOOL = Reference.LOGITS_TOOL.resolveSibling("llama-cvector-generator");
    private static final ContextOptions OPTIONS = ContextOptions.builder()
            .threads(Reference.THREADS)
            .batchThreads(Reference.THREADS)
            .build();

    private static final List<PromptPair> PAIRS = List.of(
            pair("happy", "sad", "The weather today"),
            pair("cheerful and friendly", "gloomy", "I went to the market"),
            pair("delighted", "desperate", "My brother called me"));

    @TempDir
    Path folder;

    private static PromptPair pair(String one, String other, String beginning) {
        String question = "<|im_start|>user\nAct as a person who is %s.<|im_end|>\n<|im_start|>assistant\n" + beginning;
        return new PromptPair(question.replace("%s", one), question.replace("%s", other));
    }

    private Path ask(Reference reference, DirectionMethod method) throws IOException {
        List<String> positive = new ArrayList<>();
        List<String> negative = new ArrayList<>();
        for (PromptPair pair : PAIRS) {
            positive.add(pair.positive().replace("\n", "\\n"));
            negative.add(pair.negative().replace("\n", "\\n"));
        }
        Path file = folder.resolve("theirs.gguf");
        String threads = Integer.toString(Reference.THREADS);
        List<String> arguments = new ArrayList<>(List.of("-m", reference.file().toString(), "-o", file.toString()));
        arguments.addAll(List.of("--method", method == DirectionMethod.MEAN ? "mean" : "pca"));
        arguments.addAll(List.of(
                "--positive-file",
                Files.write(folder.resolve("positive.txt"), positive).toString(),
                "--negative-file",
                Files.write(folder.resolve("negative.txt"), negative).toString()));
        arguments.addAll(List.of("-t", threads, "-tb", threads, "-c", "256", "-fit", "off"));
        Reference.oracle().with(TOOL).run("llama-cvector-generator", arguments);
        return file;
    }

    private static ControlVector generate(Model model, List<PromptPair> pairs, DirectionMethod method) {
        return ControlVectorGenerator.generate(model, pairs, method, OPTIONS, progress -> true);
    }

    private static double length(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }

    @ParameterizedTest
    @EnumSource(Reference.class)
    void mean_isTheFileOfTheTool(Reference reference) throws IOException {
        Path theirs = ask(reference, DirectionMethod.MEAN);
        Path ours = folder.resolve("ours.gguf");
        try (Model model = reference.load()) {
            generate(model, PAIRS, DirectionMethod.MEAN)
                    .write(ours, model.info().architecture());
        }
        assertThat(Files.mismatch(ours, theirs)).isEqualTo(-1);
    }

    /** The tool begins at random, so its directions may point the other way. It is built so that its graph keeps what it reads. */
    @ParameterizedTest
    @EnumSource(Reference.class)
    void pca_hasTheDirectionsOfTheTool(Reference reference) throws IOException {
        ControlVector theirs = ControlVector.load(ask(reference, DirectionMethod.PCA));
        try (Model model = reference.load()) {
            ControlVector ours = generate(model, PAIRS, DirectionMethod.PCA);
            ControlVector mean = generate(model, PAIRS, DirectionMethod.MEAN);
            assertThat(ours.layers()).isEqualTo(theirs.layers());
            for (int layer = 1; layer <= ours.layers(); layer++) {
                float[] direction = ours.direction(layer);
                assertThat(Math.abs(Similarity.cosine(direction, theirs.direction(layer))))
                        .as("layer %d", layer)
                        .isGreaterThan(0.9999);
                assertThat(length(direction)).isCloseTo(1, within(1e-5));
                assertThat(Similarity.cosine(direction, mean.direction(layer))).isPositive();
            }
        }
    }

    @Test
    void generate_whatCannotBe_isRefused() {
        try (Model model = Reference.TINY.load()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> generate(model, List.of(), DirectionMethod.MEAN))
                    .withMessageContaining("at least one pair");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> generate(model, List.of(new PromptPair("a b", "a b")), DirectionMethod.PCA))
                    .withMessageContaining("must not be the same");
            List<PromptPair> both =
                    List.of(pair("happy", "sad", "The weather today"), pair("sad", "happy", "The weather today"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> generate(model, both, DirectionMethod.MEAN))
                    .withMessageContaining("cancel one another out");
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> ControlVectorGenerator.generate(
                            model, PAIRS, DirectionMethod.MEAN, OPTIONS, progress -> false));
        }
        try (Model model =
                Model.load(TinyGguf.write(folder.resolve("recurrent.gguf"), TinyMemoryGguf.RECURRENT.bytes()))) {
            List<PromptPair> pairs = List.of(new PromptPair("a b", "c d"));
            assertThat(ControlVectorGenerator.generate(model, pairs, DirectionMethod.PCA, OPTIONS, progress -> true)
                            .layers())
                    .isEqualTo(model.info().layerCount() - 1);
        }
    }
}
