package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.gguf.GgufEdit;
import dev.tokapu.gguf.MetadataType;
import dev.tokapu.gguf.MetadataValue;
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

/** Whatever is loaded as a model, a typed exception with a helpful message comes out, and the JVM goes on working. */
class ModelLoadSafetyIT {

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
    void load_garbage_throws() {
        assertBroken(TinyGguf.write(folder.resolve("garbage.gguf"), TinyGguf.garbage(10_000)), "is no GGUF file");
    }

    @Test
    void load_shapeThatDoesNotFit_isRefusedBeforeLlamaSeesIt() {
        Path file = TinyGguf.write(
                folder.resolve("shape.gguf"), TinyGguf.builder().build().bytes());
        GgufEdit.of(file)
                .set("llama.embedding_length", MetadataValue.of(MetadataType.UINT32, 32))
                .apply();
        assertBroken(file, "tensor 'token_embd.weight' has wrong shape; expected 32, ");
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
        long before = TestModels.settledHandles();
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
}
