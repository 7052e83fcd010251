package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ControlVector;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.exception.LoraAdapterException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Control vectors: their effect is that of the files in llama-completion. */
@Tag("cpu")
class ControlVectorIT {

    private static final String PROMPT = "The weather is";
    private static final int TOKENS = 16;

    @TempDir
    Path folder;

    private static ControlVector random(long seed, int layers, int width) {
        Random random = new Random(seed);
        float[][] directions = new float[layers][width];
        for (float[] direction : directions) {
            for (int i = 0; i < width; i++) {
                direction[i] = (float) random.nextGaussian();
            }
        }
        return ControlVector.of(List.of(directions));
    }

    private static float[] logits(Context context) {
        context.kvCache().clear();
        int[] tokens = context.model().vocab().tokenize(PROMPT);
        context.decode(new Batch(tokens.length).addAll(tokens, 0, 0));
        return context.outputs().logits(-1);
    }

    @Test
    void writtenAndLoaded_areTheSameDirections() {
        ControlVector vector = random(1, 3, 8);
        Path file = folder.resolve("vector.gguf");
        vector.write(file, "llama");
        ControlVector loaded = ControlVector.load(file);
        assertThat(loaded.layers()).isEqualTo(3);
        assertThat(loaded.direction(2)).isEqualTo(vector.direction(2));
        assertThat(loaded).isEqualTo(vector).hasSameHashCodeAs(vector).isNotEqualTo(vector.times(2));
        assertThat(loaded.plus(loaded.times(-1)).direction(3)).containsOnly(0f);
        assertThat(loaded.inLayers(2, 2).layers()).isEqualTo(2);
        assertThat(loaded.inLayers(2, 2).direction(1)).containsOnly(0f);
        assertThat(loaded.inLayers(2, 2).direction(2)).isEqualTo(vector.direction(2));
        for (int[] layers : new int[][] {{0, 1}, {2, 1}, {1, 4}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> loaded.inLayers(layers[0], layers[1]))
                    .withMessage("layers " + layers[0] + " to " + layers[1]
                            + " of a control vector that has directions for layers 1 to 3");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loaded.times(Double.POSITIVE_INFINITY))
                .withMessageContaining("direction of layer 1 is ");
        assertThatExceptionOfType(LoraAdapterException.class)
                .isThrownBy(() -> ControlVector.load(folder.resolve("none.gguf")))
                .withMessageContaining("does not exist");
        Path model = TinyGguf.write(
                folder.resolve("model.gguf"), TinyGguf.builder().build().bytes());
        assertThatExceptionOfType(LoraAdapterException.class)
                .isThrownBy(() -> ControlVector.load(model))
                .withMessageContaining("is no direction");
    }

    @Test
    void applyTo_setAndTakenAway_changesLogitsAndGivesThemBack() {
        try (Model model = Reference.TINY.load();
                Context context = Reference.context(model, 256)) {
            float[] plain = logits(context);
            ControlVector vector = random(2, 1, 64);
            LoraSet.of(vector).applyTo(context);
            float[] moved = logits(context);
            assertThat(moved).isNotEqualTo(plain);
            LoraSet.of(vector.times(0)).applyTo(context);
            assertThat(logits(context)).isEqualTo(plain);
            LoraSet.of(vector).applyTo(context);
            assertThat(logits(context)).isEqualTo(moved);
            LoraSet.NONE.applyTo(context);
            assertThat(logits(context)).isEqualTo(plain);
            for (ControlVector other : List.of(random(3, 1, 32), random(3, 2, 64))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> LoraSet.of(other).applyTo(context))
                        .withMessageContaining("does not fit");
            }
            float[] none = new float[64];
            none[5] = Float.NaN;
            assertThatIllegalArgumentException().isThrownBy(() -> ControlVector.of(List.of(none)));
            assertThat(context.adapters()).isEqualTo(LoraSet.NONE);
            assertThat(logits(context)).isEqualTo(plain);
        }
    }

    @Test
    void applyTo_realModel_answersAsTheTool() {
        Path file = folder.resolve("vector.gguf");
        ControlVector vector = random(4, 29, 576).times(0.02);
        vector.write(file, "llama");
        List<String> options =
                List.of("--control-vector-scaled", file + ":2", "--control-vector-layer-range", "3", "20");
        String expected = Reference.oracle()
                .completionGreedy(Reference.DEFAULT.file(), PROMPT, TOKENS, Reference.THREADS, options)
                .text();
        String plain = Reference.oracle()
                .completionGreedy(Reference.DEFAULT.file(), PROMPT, TOKENS, Reference.THREADS)
                .text();
        assertThat(expected).isNotEqualTo(plain);
        try (Model model = Reference.DEFAULT.load();
                Context context = Reference.context(model, 256)) {
            LoraSet.of(vector.times(2).inLayers(3, 20)).applyTo(context);
            assertThat(continuation(context)).isEqualTo(expected);
        }
    }

    private static String continuation(Context context) {
        int[] tokens = context.model().vocab().tokenize(PROMPT);
        context.decode(new Batch(tokens.length).addAll(tokens, 0, 0));
        int[] answer = new int[TOKENS];
        try (SamplerChain sampler = SamplerChain.of(context.model(), Sampler.greedy())) {
            for (int i = 0; i < TOKENS; i++) {
                answer[i] = sampler.sample(context, -1);
                context.decode(new Batch(1).add(answer[i], tokens.length + i, 0, true));
            }
        }
        return context.model().vocab().detokenize(answer);
    }
}
