package dev.tokapu.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.testsupport.TinyGguf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufBuilderTest {

    @TempDir
    Path folder;

    private Path tiny() {
        return TinyGguf.write(
                folder.resolve("tiny.gguf"), TinyGguf.builder().build().bytes());
    }

    @Test
    void write_allOfAnotherFile_isTheSameFile() throws IOException {
        Path tiny = tiny();
        GgufFile file = GgufFile.open(tiny);
        GgufBuilder builder = new GgufBuilder().putAll(file);
        file.tensors().forEach(tensor -> builder.tensor(tiny, tensor));
        Path copy = folder.resolve("copy.gguf");
        builder.write(copy);
        assertThat(Files.mismatch(tiny, copy)).isEqualTo(-1);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        builder.writeTo(stream);
        assertThat(stream.toByteArray()).isEqualTo(Files.readAllBytes(tiny));
    }

    @Test
    void write_numbersInAnInterruptedThread_areWritten() {
        Path path = folder.resolve("numbers.gguf");
        Thread.currentThread().interrupt();
        try {
            new GgufBuilder()
                    .tensor("t", TensorType.F32, List.of(100_000L), TensorData.of(new float[100_000]))
                    .write(path);
            assertThat(path).exists();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void put_allTypes_areReadAgain() {
        BigInteger largest = new BigInteger("18446744073709551615");
        Path path = folder.resolve("types.gguf");
        new GgufBuilder()
                .put("u8", MetadataValue.of(MetadataType.UINT8, 255))
                .put("i8", MetadataValue.of(MetadataType.INT8, -128))
                .put("u16", MetadataValue.of(MetadataType.UINT16, 65535))
                .put("i16", MetadataValue.of(MetadataType.INT16, -32768))
                .put("u32", MetadataValue.of(MetadataType.UINT32, 4294967295L))
                .put("i32", MetadataValue.of(MetadataType.INT32, -1))
                .put("u64", MetadataValue.of(MetadataType.UINT64, largest))
                .put("i64", MetadataValue.of(MetadataType.INT64, Long.MIN_VALUE))
                .put("f32", MetadataValue.of(MetadataType.FLOAT32, 0.5))
                .put("f64", MetadataValue.of(MetadataType.FLOAT64, 0.1))
                .put("b", MetadataValue.of(MetadataType.BOOL, true))
                .put("s", MetadataValue.text("h\u00e9\0"))
                .put("ss", MetadataValue.of(MetadataType.STRING, List.of("a", "", "\u20ac")))
                .put("is", MetadataValue.of(MetadataType.INT16, List.of(1, -2)))
                .put("bs", MetadataValue.of(MetadataType.BOOL, List.of(true, false)))
                .put("none", MetadataValue.of(MetadataType.FLOAT32, List.of()))
                .write(path);
        assertThat(GgufFile.open(path).metadata().values())
                .containsExactly(
                        255L,
                        -128L,
                        65535L,
                        -32768L,
                        4294967295L,
                        -1L,
                        largest,
                        Long.MIN_VALUE,
                        0.5f,
                        0.1,
                        true,
                        "h\u00e9\0",
                        List.of("a", "", "\u20ac"),
                        List.of(1L, -2L),
                        List.of(true, false),
                        List.of());
    }

    @Test
    void of_valueThatTheTypeCannotHold_isRefused() {
        assertRefused(MetadataType.UINT8, 256);
        assertRefused(MetadataType.INT8, 128);
        assertRefused(MetadataType.UINT32, -1);
        assertRefused(MetadataType.UINT32, 1.5);
        assertRefused(MetadataType.INT32, Double.NaN);
        assertRefused(MetadataType.UINT64, new BigInteger("18446744073709551616"));
        assertRefused(MetadataType.BOOL, 1);
        assertRefused(MetadataType.STRING, 1);
        assertRefused(MetadataType.FLOAT32, "1");
        assertRefused(MetadataType.INT32, List.of(1, "2"));
    }

    private static void assertRefused(MetadataType type, Object value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MetadataValue.of(type, value))
                .withMessageContaining(type.toString());
    }

    @Test
    void tensor_impossible_isRefused() {
        GgufBuilder builder = new GgufBuilder().tensor("t", TensorType.F32, List.of(1L), TensorData.of(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.tensor("t", TensorType.F32, List.of(1L), TensorData.of(1)))
                .withMessageContaining("'t' already");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.tensor("x".repeat(64), TensorType.F32, List.of(1L), TensorData.of(1)))
                .withMessageContaining("64 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.tensor("q", TensorType.Q4_0, List.of(33L), TensorData.of(1)))
                .withMessageContaining("multiple of the 32");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.put("general.alignment", MetadataValue.of(MetadataType.UINT32, 3)))
                .withMessageContaining("power of 2");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.put("", MetadataValue.text("x")));
    }

    @Test
    void write_dataOfAnotherSize_leavesNoFile() {
        for (TensorData data : List.of(TensorData.of(1), TensorData.of(1, 2, 3))) {
            GgufBuilder builder = new GgufBuilder().tensor("t", TensorType.F32, List.of(2L), data);
            assertThatExceptionOfType(GgufException.class)
                    .isThrownBy(() -> builder.write(folder.resolve("x.gguf")))
                    .withMessageContaining("the data of tensor 't' has");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void write_otherAlignment_placesTensorsByIt() {
        Path path = folder.resolve("aligned.gguf");
        new GgufBuilder()
                .put("general.alignment", MetadataValue.of(MetadataType.UINT32, 4096))
                .tensor("a", TensorType.F32, List.of(2L), TensorData.of(1, 2))
                .tensor("b", TensorType.F32, List.of(1L, 1L), TensorData.of(3))
                .write(path);
        GgufFile file = GgufFile.open(path);
        assertThat(file.tensors()).extracting(TensorInfo::offset).containsExactly(4096L, 8192L);
        assertThat(file.tensor("b").orElseThrow().shape()).containsExactly(1L);
        assertThat(file.problems())
                .singleElement()
                .satisfies(p -> assertThat(p.message()).contains("architecture"));
    }

    @Test
    void write_cancelled_leavesNoFile() {
        GgufBuilder builder = new GgufBuilder()
                .tensor("t", TensorType.I8, List.of(20L << 20), TensorData.of(ByteBuffer.allocate(20 << 20)));
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> builder.write(folder.resolve("x.gguf"), (done, total) -> done < 8 << 20));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void write_whereNothingCanBe_saysSo() {
        Path nowhere = folder.resolve("none").resolve("x.gguf");
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> new GgufBuilder().write(nowhere))
                .withMessageContaining(nowhere.toString())
                .withMessageContaining("is no folder");
    }
}
