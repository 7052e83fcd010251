package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.exception.QuantizationException;
import dev.tokapu.gguf.GgufBuilder;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.GgufSplit;
import dev.tokapu.gguf.TensorInfo;
import dev.tokapu.quantize.FileType;
import dev.tokapu.quantize.Quantization;
import dev.tokapu.quantize.QuantizeOptions;
import dev.tokapu.quantize.QuantizeOptionsBuilder;
import dev.tokapu.quantize.Quantizer;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With keepSplit the files are those of llama-quantize, or there are none. */
@Tag("cpu")
class QuantizerSplitIT {

    @TempDir
    Path folder;

    private Path ours;
    private List<Path> model;

    /** The tensors of the second layer come last, those of the first before them. */
    @BeforeEach
    void split() throws IOException {
        Path tiny = TinyGguf.write(
                folder.resolve("tiny.gguf"), TinyGguf.builder().build().bytes());
        GgufFile file = GgufFile.open(tiny);
        GgufBuilder sorted = new GgufBuilder().putAll(file);
        file.tensors().stream()
                .sorted(Comparator.comparingInt(QuantizerSplitIT::layer))
                .forEach(tensor -> sorted.tensor(tiny, tensor));
        Path whole = folder.resolve("whole.gguf");
        sorted.write(whole);
        model = GgufSplit.byTensors(4).split(whole, folder.resolve("part"));
        ours = Files.createDirectory(folder.resolve("ours"));
    }

    private static int layer(TensorInfo tensor) {
        String name = tensor.name();
        return name.startsWith("blk.") ? Integer.parseInt(name.substring(4, name.indexOf('.', 4))) : -1;
    }

    private static QuantizeOptionsBuilder options() {
        return QuantizeOptions.builder(FileType.Q8_0).keepSplit(true);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private int assertSame(QuantizeOptions options, String... arguments) throws IOException {
        Path theirs = Files.createDirectory(folder.resolve("theirs"));
        List<String> command = new ArrayList<>(List.of("--keep-split"));
        command.addAll(List.of(arguments));
        command.addAll(
                List.of(model.get(0).toString(), theirs.resolve("small.gguf").toString(), "Q8_0"));
        Reference.oracle().run("llama-quantize", command);
        Quantization estimate = Quantizer.estimate(model.get(0), options);
        Quantization result = Quantizer.quantize(model.get(0), ours.resolve("small.gguf"), options);
        assertThat(files(ours)).hasSameSizeAs(files(theirs));
        long size = 0;
        for (Path file : files(theirs)) {
            size += Files.size(file);
            assertThat(Files.mismatch(file, ours.resolve(file.getFileName()))).isEqualTo(-1);
        }
        assertThat(estimate).isEqualTo(result);
        assertThat(result.bytesAfter()).isEqualTo(size);
        return files(ours).size();
    }

    @Test
    void quantize_keptSplit_isTheFilesOfTheTool() throws IOException {
        assertThat(assertSame(options().build())).isEqualTo(model.size());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantizer.quantize(
                        model.get(0), folder.resolve("part.gguf"), options().build()))
                .withMessageContaining("the model itself");
        Quantizer.quantize(
                folder.resolve("whole.gguf"),
                ours.resolve("one.gguf"),
                options().build());
        assertThat(ours.resolve("one-00001-of-00001.gguf")).exists();
    }

    @Test
    void quantize_lastFilesPruned_areLeftOut() throws IOException {
        int count = assertSame(options().pruneLayers(1).build(), "--prune-layers", "1");
        assertThat(count).isBetween(2, model.size() - 1);
    }

    @Test
    void quantize_fileBetweenPruned_isRefused() throws IOException {
        QuantizeOptions options = options().pruneLayers(0).build();
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> Quantizer.estimate(model.get(0), options))
                .withMessageContaining("would be left without tensors");
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> Quantizer.quantize(model.get(0), ours.resolve("small.gguf"), options))
                .withMessageContaining("would be left without tensors");
        assertThat(files(ours)).isEmpty();
    }

    @Test
    void quantize_oneFileCannotBeMoved_leavesNone() throws IOException {
        Path second = ours.resolve(String.format(Locale.ROOT, "small-00002-of-%05d.gguf", model.size()));
        AtomicBoolean made = new AtomicBoolean();
        QuantizeOptions options = options()
                .progress(fraction -> {
                    if (made.compareAndSet(false, true)) {
                        assertThat(second.resolve("x").toFile().mkdirs()).isTrue();
                    }
                    return true;
                })
                .build();
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> Quantizer.quantize(model.get(0), ours.resolve("small.gguf"), options))
                .withMessageContaining("cannot be written");
        assertThat(files(ours)).containsExactly(second);
    }
}
