package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.LoraWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logits with LoRA adapters, compared bit for bit with {@code tokapu-oracle}, and with the model's own without them. */
class LoraLogitsIT {

    private static final int CONTEXT_SIZE = 256;

    @TempDir
    Path folder;

    private LoraWriter adapter(Reference reference, long seed) {
        if (reference == Reference.TINY) {
            return LoraWriter.ofTiny(seed);
        }
        LoraWriter writer = LoraWriter.of("llama", seed, 0.1f); // SmolLM2 135M: width 576, keys and values 192
        for (int layer = 0; layer < 30; layer += 7) {
            String block = "blk." + layer + ".";
            writer.add(block + "attn_q.weight", 576, 576).add(block + "attn_k.weight", 576, 192);
            writer.add(block + "ffn_up.weight", 576, 1536);
        }
        return writer;
    }

    private static List<int[]> steps(Model model) {
        int[] tokens = Arrays.copyOf(model.vocab().tokenize(Corpus.prose()), 42);
        return List.of(Arrays.copyOf(tokens, 40), new int[] {tokens[40]}, new int[] {tokens[41]});
    }

    private static List<int[]> expected(Reference reference, List<int[]> steps, Object... adapters) {
        List<Object> options = new ArrayList<>(List.of(Reference.THREADS, CONTEXT_SIZE, 2048, 512, "f16"));
        options.addAll(List.of(adapters));
        return OracleLogits.ask(reference, steps, options);
    }

    private static List<float[]> logits(Context context, List<int[]> steps) {
        context.kvCache().clear();
        List<float[]> logits = new ArrayList<>();
        int position = 0;
        for (int[] step : steps) {
            context.decode(new Batch(step.length).addAll(step, position, 0));
            position += step.length;
            logits.add(context.outputs().logits(-1));
        }
        return logits;
    }

    private static void assertSameBits(List<float[]> actual, List<int[]> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(OracleLogits.bits(actual.get(i))).as("step %d", i).isEqualTo(expected.get(i));
        }
    }

    @ParameterizedTest
    @CsvSource({"TINY, 1", "TINY, -0.37", "DEFAULT, 1"})
    void adapter_setAndTakenAway_givesTheLogitsOfTheOracle(Reference reference, float scale) {
        Path file = adapter(reference, 7).write(folder.resolve("adapter.gguf"));
        try (Model model = reference.load();
                Context context = Reference.context(model, CONTEXT_SIZE);
                LoraAdapter adapter = LoraAdapter.load(model, file)) {
            List<int[]> steps = steps(model);
            List<int[]> plain = expected(reference, steps);
            List<int[]> adapted = expected(reference, steps, file, scale);
            assertThat(adapted.get(0)).isNotEqualTo(plain.get(0));
            assertSameBits(logits(context, steps), plain);
            LoraSet.of(adapter, scale).applyTo(context);
            assertSameBits(logits(context, steps), adapted);
            LoraSet.of(adapter, 0).applyTo(context);
            assertSameBits(logits(context, steps), plain);
            LoraSet.of(adapter, scale).applyTo(context);
            assertSameBits(logits(context, steps), adapted);
            LoraSet.NONE.applyTo(context);
            assertSameBits(logits(context, steps), plain);
        }
    }

    @Test
    void adapters_ofDifferentTensors_giveTheLogitsOfTheOracle() {
        Path first = LoraWriter.of("llama", 1, 0.5f)
                .add("blk.0.attn_q.weight", 64, 64)
                .write(folder.resolve("first.gguf"));
        try (Model model = Reference.TINY.load()) {
            Path second = LoraWriter.of("llama", 2, 0.5f)
                    .add("blk.1.ffn_gate.weight", 64, 128)
                    .addTokenEmbeddings(64, model.vocab().size())
                    .add("output.weight", 64, model.vocab().size())
                    .write(folder.resolve("second.gguf"));
            try (Context context = Reference.context(model, CONTEXT_SIZE);
                    LoraAdapter a = LoraAdapter.load(model, first);
                    LoraAdapter b = LoraAdapter.load(model, second)) {
                List<int[]> steps = steps(model);
                LoraSet.of(a, 0.5).with(b, 1.5).applyTo(context);
                assertSameBits(logits(context, steps), expected(Reference.TINY, steps, first, 0.5f, second, 1.5f));
            }
        }
    }

    @Test
    void adapters_ofTheSameTensors_areTheSameInAnyOrder() {
        Path first = LoraWriter.ofTiny(1).write(folder.resolve("first.gguf"));
        Path second = LoraWriter.ofTiny(2).write(folder.resolve("second.gguf"));
        try (Model model = Reference.TINY.load();
                Context context = Reference.context(model, CONTEXT_SIZE);
                Context other = Reference.context(model, CONTEXT_SIZE);
                LoraAdapter a = LoraAdapter.load(model, first);
                LoraAdapter b = LoraAdapter.load(model, second)) {
            List<int[]> steps = steps(model);
            LoraSet set = LoraSet.of(a).with(b, -0.5);
            assertThat(LoraSet.of(b, -0.5).with(a, 1)).isEqualTo(set).hasSameHashCodeAs(set);
            set.applyTo(context);
            LoraSet.of(b, -0.5).with(a, 1).applyTo(other);
            List<float[]> both = logits(context, steps);
            assertThat(logits(other, steps)).usingRecursiveComparison().isEqualTo(both);
            List<int[]> expected = expected(Reference.TINY, steps, first, 1f, second, -0.5f);
            for (int i = 0; i < both.size(); i++) {
                for (int token = 0; token < both.get(i).length; token++) {
                    float value = Float.intBitsToFloat(expected.get(i)[token]); // whose order of the sum is its own
                    assertThat(both.get(i)[token]).isCloseTo(value, offset(1e-3f));
                }
            }
        }
    }
}
