package dev.tokapu.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.exception.QuantizationException;
import dev.tokapu.gguf.GgufBuilder;
import dev.tokapu.gguf.MetadataType;
import dev.tokapu.gguf.MetadataValue;
import dev.tokapu.gguf.TensorData;
import dev.tokapu.gguf.TensorType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportanceMatrixTest {

    @TempDir
    Path folder;

    private Path write(float[] sums, float... counts) {
        Path file = folder.resolve("matrix.gguf");
        new GgufBuilder()
                .put("imatrix.chunk_size", MetadataValue.of(MetadataType.UINT32, 2))
                .tensor("w.in_sum2", TensorType.F32, List.of((long) sums.length), TensorData.of(sums))
                .tensor("w.counts", TensorType.F32, List.of((long) counts.length), TensorData.of(counts))
                .write(file);
        return file;
    }

    @Test
    void read_soundMatrix_hasItsMeans() {
        ImportanceMatrix matrix = ImportanceMatrix.read(write(new float[] {2, 4, 6, 8}, 2, 0));
        assertThat(matrix.means("w")).containsExactly(1, 2, 0, 0);
        assertThat(matrix.chunks()).isEqualTo(1);
    }

    @Test
    void read_countsThatDoNotFitTheSums_isRefused() {
        assertRefused("'w' has 4 sums and 3 counts", new float[4], 1, 1, 1);
        assertRefused("'w' has 1 sums and 2 counts", new float[1], 1, 1);
    }

    @Test
    void read_countsThatAreNone_isRefused() {
        for (float count : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
            assertRefused("'w' has the count " + count, new float[4], 1, count);
        }
    }

    private void assertRefused(String message, float[] sums, float... counts) {
        Path file = write(sums, counts);
        assertThatExceptionOfType(QuantizationException.class)
                .isThrownBy(() -> ImportanceMatrix.read(file))
                .withMessageContaining(message)
                .withMessageContaining(file.toString());
    }
}
