package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.Model;
import dev.tokapu.exception.QuantizationException;
import dev.tokapu.gguf.GgufBuilder;
import dev.tokapu.gguf.GgufEdit;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.GgufSplit;
import dev.tokapu.gguf.MetadataType;
import dev.tokapu.gguf.MetadataValue;
import dev.tokapu.gguf.TensorData;
import dev.tokapu.gguf.TensorType;
import dev.tokapu.quantize.FileType;
import dev.tokapu.quantize.Quantization;
import dev.tokapu.quantize.QuantizeOptions;
import dev.tokapu.quantize.Quantizer;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Quantized files are those of llama-quantize, byte for byte, and their size is known before. */
@Tag("cpu")
class QuantizerIT {

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void write() {
        model = TinyGguf.write(
                folder.resolve("model.gguf"), TinyGguf.builder().build().bytes());
    }

    /** Types that need no importance matrix; the tiny model's rows of 64 make types of 256 fall back, and have no blocks of 128. */
    static List<FileType> types() {
        List<FileType> types = Stream.of(FileType.values())
                .filter(type -> !type.name().matches("IQ[12].*|IQ3_XXS|IQ3_XS|Q2_K_S|Q1_0"))
                .toList();
        return Thorough.some(types, 3);
    }

    private void assertSame(QuantizeOptions options, String... arguments) throws IOException {
        Path theirs = folder.resolve("theirs.gguf");
        Path ours = folder.resolve("ours.gguf");
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addAll(
                List.of(model.toString(), theirs.toString(), options.type().name()));
        Reference.oracle().run("llama-quantize", command);
        Quantization estimate = Quantizer.estimate(model, options);
        Quantization result = Quantizer.quantize(model, ours, options);
        assertThat(Files.mismatch(ours, theirs)).as(options.toString()).isEqualTo(-1);
        assertThat(estimate).isEqualTo(result);
        assertThat(result.bytesAfter()).isEqualTo(Files.size(theirs));
    }

    @ParameterizedTest
    @MethodSource("types")
    void quantize_type_isTheFileOfTheTool(FileType type) throws IOException {
        assertSame(QuantizeOptions.of(type));
    }

    @Test
    void quantize_options_areThoseOfTheTool() throws IOException {
        QuantizeOptions mixed = QuantizeOptions.builder(FileType.Q5_1)
                .rule("attn_(q|k)", TensorType.Q8_0)
                .rule("ffn_down", TensorType.IQ4_NL)
                .outputType(TensorType.F16)
                .embeddingType(TensorType.Q4_0)
                .metadata("general.name", "Small")
                .metadata("my.number", 7)
                .threads(1)
                .build();
        assertSame(
                mixed,
                "--tensor-type",
                "attn_(q|k)=q8_0",
                "--tensor-type",
                "ffn_down=iq4_nl",
                "--output-tensor-type",
                "f16",
                "--token-embedding-type",
                "q4_0",
                "--override-kv",
                "general.name=str:Small",
                "--override-kv",
                "my.number=int:7");
        assertSame(
                QuantizeOptions.builder(FileType.Q4_0)
                        .pure(true)
                        .quantizeOutput(false)
                        .pruneLayers(0)
                        .build(),
                "--pure",
                "--leave-output-tensor",
                "--prune-layers",
                "0");
    }

    @Test
    void quantize_splitModel_isOneFile() throws IOException {
        List<Path> parts = GgufSplit.byTensors(8).split(model, folder.resolve("part"));
        model = parts.get(0);
        assertSame(QuantizeOptions.of(FileType.Q8_0));
    }

    @Test
    void quantize_again_isRefusedUnlessAllowed() throws IOException {
        Path once = folder.resolve("once.gguf");
        Quantizer.quantize(model, once, FileType.Q8_0);
        Path twice = folder.resolve("twice.gguf");
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> Quantizer.quantize(once, twice, FileType.Q4_0))
                .withMessageContaining("requantizing from type q8_0 is disabled");
        assertThat(twice).doesNotExist();
        model = once;
        assertSame(QuantizeOptions.builder(FileType.Q4_0).requantize(true).build(), "--allow-requantize");
        try (Model loaded = Model.load(folder.resolve("ours.gguf"))) {
            assertThat(loaded.vocab().size()).isPositive();
        }
    }

    @Test
    void quantize_cancelled_leavesNoFile() throws IOException {
        QuantizeOptions options = QuantizeOptions.builder(FileType.Q8_0)
                .progress(fraction -> false)
                .build();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> Quantizer.quantize(model, folder.resolve("x.gguf"), options));
        assertOnlyModel();
    }

    @Test
    void quantize_inAnInterruptedThread_keepsTheFile() {
        Path output = folder.resolve("x.gguf");
        QuantizeOptions options = QuantizeOptions.builder(FileType.Q8_0)
                .progress(fraction -> {
                    Thread.currentThread().interrupt();
                    return true;
                })
                .build();
        try {
            Quantizer.quantize(model, output, options);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(GgufFile.open(output).tensors()).isNotEmpty();
    }

    private void assertOnlyModel() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(model);
        }
    }

    @Test
    void quantize_whatCannotBe_isAnExceptionAndNoFile() throws IOException {
        Path output = folder.resolve("x.gguf");
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> Quantizer.quantize(folder.resolve("none.gguf"), output, FileType.Q8_0))
                .withMessageContaining("does not exist");
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> Quantizer.quantize(Reference.DEFAULT.file(), output, FileType.IQ2_XXS))
                .withMessageContaining("requires an importance matrix");
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> Quantizer.quantize(model, output, FileType.Q1_0))
                .withMessageContaining("no tensor type fallback");
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(
                        () -> Quantizer.quantize(model, folder.resolve("none").resolve("x"), FileType.Q8_0))
                .withMessageContaining("its folder must be there");
        Path device = Files.createSymbolicLink(folder.resolve("device"), Path.of("/dev/null"));
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> Quantizer.quantize(model, device, FileType.Q8_0))
                .withMessageContaining("a regular file");
        Files.delete(device);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantizer.quantize(model, model, FileType.Q8_0))
                .withMessageContaining("the model itself");
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> Quantizer.estimate(
                        model,
                        QuantizeOptions.builder(FileType.Q8_0)
                                .rule("([", TensorType.Q8_0)
                                .build()));
        assertOnlyModel();
    }

    @Test
    void quantize_fullDisk_isAnException() {
        Path output = Path.of("/dev/full");
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> Quantizer.quantize(model, output.resolve("x"), FileType.Q8_0));
    }

    /** Numbers that llama.cpp divides by, and files that are cut: the other process ends, or refuses them. */
    @Test
    void quantize_hostileFiles_neverEndThisProcess() throws IOException {
        byte[] bytes = Files.readAllBytes(model);
        Path hostile = folder.resolve("hostile.gguf");
        Path output = folder.resolve("out.gguf");
        for (String key : List.of("llama.block_count", "llama.attention.head_count", "llama.embedding_length")) {
            Files.write(hostile, bytes);
            GgufEdit.of(hostile)
                    .set(key, MetadataValue.of(MetadataType.UINT32, 0))
                    .apply();
            tryIt(hostile, output);
        }
        GgufBuilder odd = new GgufBuilder().putAll(GgufFile.open(model));
        odd.tensor("a\nb\tc.weight", TensorType.F32, List.of(32L, 2L), TensorData.of(new float[64]));
        odd.write(hostile);
        tryIt(hostile, output);
        for (int cut : new int[] {0, 100, 5000, bytes.length - 5}) {
            Files.write(hostile, Arrays.copyOf(bytes, cut));
            tryIt(hostile, output);
        }
    }

    private static void tryIt(Path hostile, Path output) {
        try {
            Quantizer.quantize(hostile, output, FileType.Q4_K_M);
            assertThat(GgufFile.open(output).tensors()).isNotEmpty();
        } catch (QuantizationException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
