package dev.tokapu.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizerTest {

    @TempDir
    Path folder;

    @Test
    void quantize_ontoTheImportanceMatrix_isRefused() throws IOException {
        Path model = TinyGguf.write(
                folder.resolve("model.gguf"), TinyGguf.builder().build().bytes());
        Path matrix = Files.writeString(folder.resolve("matrix.gguf"), "sums");
        QuantizeOptions options =
                QuantizeOptions.builder(FileType.Q4_0).importanceMatrix(matrix).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantizer.quantize(model, matrix, options))
                .withMessageContaining("matrix.gguf is the importance matrix");
        assertThat(matrix).hasContent("sums");
    }
}
