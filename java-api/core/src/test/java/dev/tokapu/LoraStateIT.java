package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.completion.ContextGenerator;
import dev.tokapu.exception.LoraAdapterException;
import dev.tokapu.exception.SequenceStateException;
import dev.tokapu.gguf.GgufEdit;
import dev.tokapu.gguf.MetadataValue;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.LoraWriter;
import dev.tokapu.testsupport.ZipFiles;
import dev.tokapu.text.GenerationOptions;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LoRA adapters from anywhere, and states that say which ones they were computed with. */
class LoraStateIT {

    private static final int[] PROMPT = {5, 6, 7, 8, 9};

    @TempDir
    Path folder;

    private int files;

    private LoraAdapter load(Model model, LoraWriter content) {
        return LoraAdapter.load(model, content.write(folder.resolve("adapter" + files++ + ".gguf")));
    }

    private static Context context(Model model) {
        return model.newContext(TestModels.small().build());
    }

    private static float[] logits(Context context) {
        context.kvCache().clear();
        assertThat(context.decode(new Batch(PROMPT.length).addAll(PROMPT, 0, 0)))
                .isEqualTo(DecodeStatus.OK);
        return context.outputs().logits(-1);
    }

    @Test
    void load_jarEntryAndDescriptor_isTheSameAdapter() throws IOException {
        Path file = LoraWriter.ofTiny(1).invocationTokens(7).write(folder.resolve("a.gguf"));
        Path jar = folder.resolve("a.jar");
        Map<String, byte[]> entries = Map.of("adapters/a.gguf", Files.readAllBytes(file), "other.gguf", new byte[500]);
        try (Model model = TestModels.tiny();
                Context context = context(model);
                LoraAdapter plain = LoraAdapter.load(model, file)) {
            LoraSet.of(plain).applyTo(context);
            float[] expected = logits(context);
            for (boolean stored : new boolean[] {true, false}) {
                Files.write(jar, ZipFiles.of(entries, stored));
                try (LoraAdapter entry = LoraAdapter.load(model, ModelSource.zipEntry(jar, "adapters/a.gguf"))) {
                    LoraSet.of(entry).applyTo(context);
                    assertThat(logits(context)).isEqualTo(expected);
                    assertThat(entry.metadata()).isEqualTo(plain.metadata());
                    assertThat(entry.invocationTokens()).containsExactly(7);
                }
            }
            try (FileInputStream in = new FileInputStream(file.toFile());
                    LoraAdapter open =
                            LoraAdapter.load(model, ModelSource.fileDescriptor(TestModels.descriptor(file), 0, 0))) {
                assertThat(in.getFD().valid()).isTrue();
                LoraSet.of(open).applyTo(context);
                assertThat(logits(context)).isEqualTo(expected);
            }
            assertThatExceptionOfType(LoraAdapterException.class)
                    .isThrownBy(() -> LoraAdapter.load(model, ModelSource.zipEntry(jar, "none.gguf")))
                    .withMessageContaining("has no entry none.gguf");
            assertThatExceptionOfType(LoraAdapterException.class)
                    .isThrownBy(() -> LoraAdapter.load(model, ModelSource.fileDescriptor(1_000_000, 0, 0)))
                    .withMessageContaining("file descriptor 1000000");
            LoraSet.NONE.applyTo(context);
        }
    }

    /** What was computed with adapters is no beginning for others, in another process either. */
    @Test
    void state_saysWhatItWasComputedWith() {
        int[] more = {10};
        try (Model model = TestModels.tiny();
                Context context = context(model);
                Context other = context(model);
                LoraAdapter a = load(model, LoraWriter.ofTiny(1));
                LoraAdapter b = load(model, LoraWriter.ofTiny(2));
                LoraAdapter again = load(model, LoraWriter.ofTiny(1))) {
            LoraSet.of(a).with(b, 0.5).applyTo(context);
            logits(context);
            try (SequenceState state = Sequence.of(context, 0).state(PROMPT)) {
                byte[] bytes = state.toBytes();
                for (LoraSet set :
                        List.of(LoraSet.NONE, LoraSet.of(a), LoraSet.of(a).with(b, 0.6))) {
                    set.applyTo(other);
                    assertThatExceptionOfType(SequenceStateException.class)
                            .isThrownBy(() -> Sequence.of(other, 0).restore(state))
                            .withMessageContaining("adapters was Tiny LoRA 1 ")
                            .withMessageContaining("Tiny LoRA 2 ");
                }
                LoraSet.of(b, 0.5).with(again, 1).applyTo(other);
                try (SequenceState read = SequenceState.of(bytes)) {
                    Sequence.of(other, 0).restore(read);
                }
                for (Context each : List.of(context, other)) {
                    assertThat(each.decode(new Batch(1).addAll(more, PROMPT.length, 0)))
                            .isEqualTo(DecodeStatus.OK);
                }
                // Where two adapters change the same tensor, the order of the sum is llama.cpp's.
                float[] one = context.outputs().logits(-1);
                assertThat(TestModels.distance(other.outputs().logits(-1), one)).isLessThan(1e-3f);
            }
            LoraSet.NONE.applyTo(context);
            logits(context);
            try (SequenceState plain = Sequence.of(context, 0).state(PROMPT)) {
                assertThatExceptionOfType(SequenceStateException.class)
                        .isThrownBy(() -> Sequence.of(other, 0).restore(plain))
                        .withMessageContaining("adapters was none and is ");
                ControlVector vector = ControlVector.of(List.of(new float[64]));
                LoraSet.of(vector).applyTo(context);
                assertThatExceptionOfType(SequenceStateException.class)
                        .isThrownBy(() -> Sequence.of(context, 0).restore(plain))
                        .withMessageContaining("control vector was none and is ");
                LoraSet.NONE.applyTo(context);
                Sequence.of(context, 0).restore(plain);
            }
        }
    }

    /** An adapter's file may say anything of its name; a state can be read again in any case. */
    @Test
    void state_adapterWithAnyName_isReadAgain() throws IOException {
        String name = "first\nadapters\t" + "\ud83d\ude00".repeat(20_000);
        Path file = LoraWriter.ofTiny(1).write(folder.resolve("named.gguf"));
        GgufEdit.of(file).set("general.name", MetadataValue.text(name)).apply();
        try (Model model = TestModels.tiny();
                Context context = context(model);
                LoraAdapter adapter = LoraAdapter.load(model, file)) {
            assertThat(adapter.metadata()).containsEntry("general.name", name);
            LoraSet.of(adapter).applyTo(context);
            logits(context);
            Path saved = folder.resolve("a.state");
            try (SequenceState state = Sequence.of(context, 0).state(PROMPT)) {
                state.save(saved);
            }
            try (SequenceState read = SequenceState.load(saved)) {
                Sequence.of(context, 0).restore(read);
                LoraSet.NONE.applyTo(context);
                assertThatExceptionOfType(SequenceStateException.class)
                        .isThrownBy(() -> Sequence.of(context, 0).restore(read))
                        .withMessageMatching("(?s)[^\\n]*adapters was first adapters [^\\n]* and is none[^\\n]*")
                        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1000));
            }
        }
    }

    private static String text(ContextGenerator generator) {
        GenerationOptions options = GenerationOptions.builder()
                .samplers(Sampler.greedy())
                .maxTokens(8)
                .build();
        return generator.generate("tell me", options).text();
    }

    @Test
    void generator_otherControlVector_computesAnew() {
        float[] direction = new float[64];
        Arrays.fill(direction, 0, 32, 2);
        LoraSet set = LoraSet.of(ControlVector.of(List.of(direction)));
        try (Model model = TestModels.tiny();
                ContextGenerator generator =
                        ContextGenerator.open(model, TestModels.small().build())) {
            String plain = text(generator);
            set.applyTo(generator.context());
            String moved = text(generator);
            assertThat(moved).isNotEqualTo(plain);
            try (ContextGenerator other = generator.another()) {
                assertThat(other.context().adapters()).isEqualTo(set);
                assertThat(text(other)).isEqualTo(moved);
            }
            LoraSet.NONE.applyTo(generator.context());
            assertThat(text(generator)).isEqualTo(plain);
        }
    }

    @Test
    void generator_adapterThatIsClosed_worksOn() {
        try (Model model = TestModels.tiny();
                ContextGenerator generator =
                        ContextGenerator.open(model, TestModels.small().build())) {
            LoraAdapter adapter = load(model, LoraWriter.ofTiny(1));
            LoraSet.of(adapter).applyTo(generator.context());
            String before = text(generator);
            adapter.close();
            assertThat(text(generator)).isEqualTo(before);
        }
    }
}
