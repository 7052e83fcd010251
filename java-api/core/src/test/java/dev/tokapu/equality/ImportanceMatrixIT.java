package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.exception.QuantizationException;
import dev.tokapu.gguf.GgufDiff;
import dev.tokapu.quantize.FileType;
import dev.tokapu.quantize.ImportanceMatrix;
import dev.tokapu.quantize.Quantization;
import dev.tokapu.quantize.QuantizeOptions;
import dev.tokapu.quantize.Quantizer;
import dev.tokapu.testsupport.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Importance matrices are those of llama-imatrix, and quantizing with them is that of llama-quantize. */
class ImportanceMatrixIT {

    private static final int CHUNK = 64;
    private static final ContextOptions OPTIONS = ContextOptions.builder()
            .threads(Reference.THREADS)
            .batchThreads(Reference.THREADS)
            .build();

    @TempDir
    Path folder;

    private Path ask(Path model, Path text) {
        Path file = folder.resolve("theirs.gguf");
        String threads = Integer.toString(Reference.THREADS);
        Reference.oracle()
                .run(
                        "llama-imatrix",
                        List.of(
                                "-m",
                                model.toString(),
                                "-f",
                                text.toString(),
                                "-c",
                                Integer.toString(CHUNK),
                                "-o",
                                file.toString(),
                                "-t",
                                threads,
                                "-tb",
                                threads,
                                "-fit",
                                "off",
                                "--no-ppl"));
        return file;
    }

    @ParameterizedTest
    @CsvSource({"TINY, 2500", "DEFAULT, 700"})
    void collect_prose_isTheFileOfTheTool(Reference reference, int characters) throws IOException {
        String prose = Corpus.prose().substring(0, characters);
        Path text = Files.writeString(folder.resolve("text.txt"), prose);
        Path theirs = ask(reference.file(), text);
        Path ours = folder.resolve("ours.gguf");
        try (Model model = reference.load()) {
            ImportanceMatrix matrix =
                    ImportanceMatrix.collect(model, prose, text.toString(), CHUNK, OPTIONS, progress -> true);
            matrix.write(ours);
            assertThat(matrix.names()).contains("blk.0.ffn_down.weight");
            assertThat(matrix.means("blk.0.ffn_down.weight")).isNotEmpty();
        }
        assertThat(GgufDiff.of(theirs, ours).metadata()).isEmpty();
        assertThat(Files.mismatch(ours, theirs)).isEqualTo(-1);
        ImportanceMatrix read = ImportanceMatrix.read(theirs);
        assertThat(read.datasets()).containsExactly(text.toString());
        assertThat(read.plus(read).chunks()).isEqualTo(2 * read.chunks());
    }

    @Test
    void quantize_withMatrix_isTheFileOfTheTool() throws IOException {
        Path matrix = folder.resolve("matrix.gguf");
        String prose = Corpus.prose().substring(0, 2500);
        try (Model model = Reference.TINY.load()) {
            ImportanceMatrix.collect(model, prose, "prose", CHUNK, OPTIONS, progress -> true)
                    .write(matrix);
        }
        Path model = Reference.TINY.file();
        Path theirs = folder.resolve("quantized-theirs.gguf");
        Path ours = folder.resolve("quantized-ours.gguf");
        for (FileType type : List.of(FileType.Q4_0, FileType.IQ4_NL, FileType.IQ2_XXS)) {
            Reference.oracle()
                    .run(
                            "llama-quantize",
                            List.of("--imatrix", matrix.toString(), model.toString(), theirs.toString(), type.name()));
            QuantizeOptions options =
                    QuantizeOptions.builder(type).importanceMatrix(matrix).build();
            Quantization estimate = Quantizer.estimate(model, options);
            assertThat(Quantizer.quantize(model, ours, options)).isEqualTo(estimate);
            assertThat(Files.mismatch(ours, theirs)).as(type.name()).isEqualTo(-1);
        }
    }

    @Test
    void collect_whatCannotBe_isRefused() throws IOException {
        Path garbage = Files.writeString(folder.resolve("garbage.gguf"), "nothing");
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> ImportanceMatrix.read(garbage))
                .withMessageContaining("no importance matrix");
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> ImportanceMatrix.read(Reference.TINY.file()));
        try (Model model = Reference.TINY.load()) {
            String prose = Corpus.prose().substring(0, 2500);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ImportanceMatrix.collect(model, "short", "", CHUNK, OPTIONS, progress -> true));
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> ImportanceMatrix.collect(model, prose, "", CHUNK, OPTIONS, progress -> false));
        }
    }
}
