package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever goes in, a typed exception with a helpful message comes out, and the JVM goes on working. */
class SafetyIT {

    @TempDir
    Path folder;

    @AfterEach
    void jvmStillWorks() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            assertThat(context.decode(new Batch(1).add(3, 0, 0, true))).isEqualTo(DecodeStatus.OK);
        }
    }

    private static void assertBroken(Path file, String... texts) {
        List<String> reasons = new ArrayList<>(List.of(texts));
        reasons.add(file.toString());
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(file))
                .satisfies(e -> assertThat(e.source()).isEqualTo(file.toString()))
                .satisfies(e -> assertThat(e.getMessage()).contains(reasons));
    }

    @Test
    void decode_64TokensInto32_saysWhatToDo() {
        try (Model model = TestModels.tiny();
                Context context =
                        model.newContext(TestModels.small().batchSize(32).build())) {
            Batch batch = new Batch(64).addAll(new int[64], 0, 0);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.decode(batch))
                    .withMessageContaining("64 tokens")
                    .withMessageContaining("32")
                    .withMessageContaining("ContextOptions.batchSize");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void tokens_outOfRange_areNamed(int token) {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.decode(new Batch(1).add(token, 0, 0, true)))
                    .withMessageContaining("token " + token);
            assertThatIllegalArgumentException().isThrownBy(() -> model.vocab().text(token));
            assertThatIllegalArgumentException().isThrownBy(() -> model.vocab().detokenize(3, token));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, 256, Integer.MAX_VALUE})
    void sequences_outOfRange_areNamed(int sequence) {
        try (Model model = TestModels.tiny();
                Context context =
                        model.newContext(TestModels.small().maxSequences(2).build())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.decode(new Batch(1).add(3, 0, sequence, true)))
                    .withMessageContaining("sequence " + sequence)
                    .withMessageContaining("maxSequences");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.kvCache().remove(sequence, 0, -1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.kvCache().copy(0, sequence, -1, -1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.kvCache().keep(sequence));
        }
    }

    @Test
    void decode_oddPositions_areRefused() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            context.decode(new Batch(2).addAll(new int[] {3, 4}, 0, 0));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.decode(new Batch(1).add(3, 7, 0, true)))
                    .withMessageContaining("decode");
            assertThat(context.decode(new Batch(1).add(3, 2, 0, true))).isEqualTo(DecodeStatus.OK);
        }
    }

    @Test
    void logits_notAskedFor_areRefused() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            assertThatIllegalStateException().isThrownBy(() -> context.outputs().logits(0));
            context.decode(new Batch(3).addAll(new int[] {3, 4, 5}, 0, 0));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.outputs().logits(0))
                    .withMessageContaining("output");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.outputs().logits(3));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.outputs().logits(-2));
            assertThat(context.outputs().logits(2)).isEqualTo(context.outputs().logits(-1));
            context.decode(new Batch(1).add(3, 3, 0, false));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.outputs().logits(-1))
                    .withMessageContaining("any token");
        }
    }

    @Test
    void embeddings_contextWithoutThem_areRefused() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            context.decode(new Batch(1).add(3, 0, 0, true));
            assertThatIllegalStateException()
                    .isThrownBy(() -> context.outputs().embeddings(0))
                    .withMessageContaining("ContextOptions.embeddings");
            assertThatIllegalStateException().isThrownBy(() -> context.outputs().sequenceEmbeddings(0));
        }
    }

    @Test
    void prompt_longerThanContext_throwsOverflow() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            int size = context.info().contextSize();
            Batch batch = new Batch(size + 1);
            for (int position = 0; position < size; position += 128) {
                int count = Math.min(128, size - position);
                context.decode(batch.clear().addAll(new int[count], position, 0));
            }
            assertThatExceptionOfType(ContextOverflowException.class)
                    .isThrownBy(() -> context.decode(batch.clear().add(3, size, 0, true)))
                    .satisfies(e -> assertThat(e.promptTokens()).isEqualTo(size + 1))
                    .satisfies(e -> assertThat(e.contextSize()).isEqualTo(size))
                    .withMessageContaining("ContextOptions.contextSize");
            context.kvCache().remove(0, 0, 64);
            context.kvCache().shift(0, 64, -1, -64);
            assertThat(context.decode(batch.clear().add(3, size - 64, 0, true))).isEqualTo(DecodeStatus.OK);
        }
    }

    @Test
    void decode_sharedCacheFull_isNoKvSlot() {
        ContextOptions options = TestModels.small()
                .maxSequences(2)
                .kvCache(kv -> kv.unified(true))
                .build();
        try (Model model = TestModels.tiny();
                Context context = model.newContext(options)) {
            int size = context.info().contextSize();
            context.decode(new Batch(size).addAll(new int[size - 10], 0, 0));
            Batch second = new Batch(20).addAll(new int[20], 0, 1);
            assertThat(context.decode(second)).isEqualTo(DecodeStatus.NO_KV_SLOT);
            assertThat(context.kvCache().maxPosition(1)).isEqualTo(-1);
            assertThat(context.kvCache().maxPosition(0)).isEqualTo(size - 11);
        }
    }

    @Test
    void context_impossibleSize_throws() {
        // On the CPU: a large GPU and its host may have the memory.
        ModelOptions onCpu = ModelOptions.builder().gpuLayers(0).build();
        try (Model model = Model.load(TestModels.tinyFile(), onCpu)) {
            assertThatExceptionOfType(DeviceMemoryException.class)
                    .isThrownBy(() -> model.newContext(TestModels.small()
                            .contextSize(Integer.MAX_VALUE - 512)
                            .build()))
                    .withMessageContaining("Fit.of()");
            assertThatExceptionOfType(ContextCreationException.class)
                    .isThrownBy(() -> model.newContext(TestModels.small()
                            .contextSize(256)
                            .batchSize(8)
                            .maxSequences(64)
                            .build()));
        }
    }

    @Test
    void load_missingFile_throws() {
        assertBroken(folder.resolve("missing.gguf"), "does not exist");
    }

    @Test
    void load_directory_throws() {
        assertBroken(folder, "is a directory");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4, 12, 100, 2000, 20_000})
    void load_truncatedFile_throws(int length) {
        assertBroken(TinyGguf.write(
                folder.resolve("truncated.gguf"), TinyGguf.builder().build().truncated(length)));
    }

    @Test
    void load_lastByteMissing_throws() throws IOException {
        byte[] whole = Files.readAllBytes(TestModels.tinyFile());
        assertBroken(TinyGguf.write(folder.resolve("short.gguf"), Arrays.copyOf(whole, whole.length - 1)));
    }

    @Test
    void load_garbage_throwsWithNativeReason() {
        assertBroken(TinyGguf.write(folder.resolve("garbage.gguf"), TinyGguf.garbage(10_000)), "magic");
    }

    @Test
    void load_duplicateToken_throws() {
        assertBroken(TinyGguf.builder().duplicateToken().build().write(folder.resolve("duplicate.gguf")));
    }

    @Test
    void load_unknownArchitecture_namesIt() {
        assertBroken(TinyGguf.builder().architecture("nonesuch").build().write(folder.resolve("odd.gguf")), "nonesuch");
    }

    @Test
    void load_missingTensor_namesIt() {
        assertBroken(
                TinyGguf.builder().omitTensor("output_norm.weight").build().write(folder.resolve("part.gguf")),
                "output_norm");
    }

    @Test
    void load_flippedBytes_neverKillsTheJvm() throws IOException {
        byte[] whole = Files.readAllBytes(TestModels.tinyFile());
        java.util.Random random = new java.util.Random(1);
        Path file = folder.resolve("flipped.gguf");
        for (int round = 0; round < 150; round++) {
            byte[] bytes = whole.clone();
            for (int i = 0; i < 4; i++) {
                bytes[random.nextInt(16_000)] = (byte) random.nextInt(256);
            }
            TinyGguf.write(file, bytes);
            try (Model model =
                    Model.load(file, ModelOptions.builder().vocabOnly(true).build())) {
                assertThat(model.vocab().size()).isNotNegative();
            } catch (TokapuException e) {
                assertThat(e.getMessage()).contains("flipped.gguf");
            }
        }
    }

    @Test
    void load_progress_isHeardAndCancels() {
        AtomicInteger calls = new AtomicInteger();
        ModelOptions counting = ModelOptions.builder()
                .progress(done -> calls.incrementAndGet() > 0)
                .build();
        Model.load(TestModels.tinyFile(), counting).close();
        assertThat(calls.get()).isPositive();
        long before = TestModels.liveHandles();
        ModelOptions cancelling = ModelOptions.builder().progress(done -> false).build();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> Model.load(TestModels.tinyFile(), cancelling));
        assertThat(TestModels.liveHandles()).isEqualTo(before);
    }

    @Test
    void load_progressThrows_comesOut() {
        ModelOptions throwing = ModelOptions.builder()
                .progress(done -> {
                    throw new UnsupportedOperationException("from the listener");
                })
                .build();
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Model.load(TestModels.tinyFile(), throwing))
                .withMessage("from the listener");
    }

    @Test
    void vocabOnly_newContext_saysWhy() {
        try (Model model = Model.load(
                TestModels.tinyFile(), ModelOptions.builder().vocabOnly(true).build())) {
            assertThat(model.vocab().tokenize("a")).isNotEmpty();
            assertThatIllegalStateException().isThrownBy(model::newContext).withMessageContaining("vocabOnly");
        }
    }

    @Test
    void sharedToken_separateBuffers_isUnsupported() {
        try (Model model = TestModels.tiny();
                Context context =
                        model.newContext(TestModels.small().maxSequences(2).build())) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> context.decode(new Batch(1).add(3, 0, true, 0, 1)))
                    .withMessageContaining("kv_unified");
        }
    }
}
