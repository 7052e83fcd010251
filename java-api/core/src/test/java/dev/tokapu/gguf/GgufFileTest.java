package dev.tokapu.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.GgufWriter;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {

    @TempDir
    Path folder;

    private GgufFile read(byte[] bytes) {
        return GgufFile.open(TinyGguf.write(folder.resolve("x.gguf"), bytes));
    }

    @Test
    void open_tinyModel_hasMetadataAndTensors() {
        TinyGguf tiny = TinyGguf.builder().build();
        GgufFile file = read(tiny.bytes());
        assertThat(file.version()).isEqualTo(3);
        assertThat(file.architecture()).contains("llama");
        assertThat(file.metadata()).containsEntry("llama.context_length", 512L);
        assertThat((List<?>) file.metadata().get("tokenizer.ggml.tokens")).hasSize(tiny.vocabSize());
        assertThat(file.text("tokenizer.chat_template")).contains(TinyGguf.CHAT_TEMPLATE);
        assertThat(file.tensors()).hasSize(21);
        TensorInfo tensor = file.tensor("token_embd.weight").orElseThrow();
        assertThat(tensor.type()).isEqualTo(TensorType.F32);
        assertThat(tensor.shape()).containsExactly(64L, (long) tiny.vocabSize());
        assertThat(tensor.bytes()).isEqualTo(4L * 64 * tiny.vocabSize());
        assertThat(tensor.offset()).isEqualTo(file.dataOffset());
        assertThat(file.tensor("nothing")).isEmpty();
    }

    @Test
    void nextTokenLayerCount_isWhatTheMetadataSay() {
        assertThat(read(TinyGguf.builder().build().bytes()).nextTokenLayerCount())
                .isZero();
        assertThat(read(TinyGguf.builder().mtpHead().build().bytes()).nextTokenLayerCount())
                .isEqualTo(1);
        for (Object odd : List.of(-1, Integer.MAX_VALUE, "two", 1.5f)) {
            byte[] bytes = TinyGguf.builder()
                    .metadata("llama.nextn_predict_layers", odd)
                    .build()
                    .bytes();
            assertThat(read(bytes).nextTokenLayerCount()).as("%s", odd).isZero();
        }
    }

    @Test
    void open_inAnInterruptedThread_readsAndStaysInterrupted() {
        Path file = TinyGguf.write(
                folder.resolve("x.gguf"), TinyGguf.builder().build().bytes());
        Thread.currentThread().interrupt();
        try {
            assertThat(GgufFile.open(file).tensors()).hasSize(21);
            assertThat(GgufFile.open(ModelSource.file(file)).tensors()).hasSize(21);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void open_allValueTypes_readsThem() {
        byte[] bytes = new GgufWriter()
                .uint8("u8", 255)
                .int8("i8", -1)
                .uint16("u16", 65535)
                .int16("i16", -2)
                .uint32("u32", -1)
                .int32("i32", -3)
                .uint64("u64", -1)
                .int64("i64", -4)
                .float32("f32", 0.5f)
                .float64("f64", 0.25)
                .bool("b", true)
                .text("s", "h\u00e9")
                .texts("ss", List.of("a".getBytes(StandardCharsets.UTF_8), new byte[0]))
                .int32s("is", 1, -1)
                .float32s("fs", 1, 2)
                .bools("bs", true, false)
                .toBytes();
        GgufFile file = read(bytes);
        assertThat(file.metadata().values())
                .containsExactly(
                        255L,
                        -1L,
                        65535L,
                        -2L,
                        4294967295L,
                        -3L,
                        new BigInteger("18446744073709551615"),
                        -4L,
                        0.5f,
                        0.25,
                        true,
                        "h\u00e9",
                        List.of("a", ""),
                        List.of(1L, -1L),
                        List.of(1f, 2f),
                        List.of(true, false));
        assertThat(file.toString()).contains("16 metadata entries");
    }

    @Test
    void read_insideAnotherFile_readsFromTheOffset() throws IOException {
        byte[] model = TinyGguf.builder().build().bytes();
        byte[] outer = new byte[1000 + model.length + 500];
        System.arraycopy(model, 0, outer, 1000, model.length);
        Path path = Files.write(folder.resolve("outer.bin"), outer);
        try (FileChannel channel = FileChannel.open(path)) {
            GgufFile file = GgufFile.read(channel, 1000, model.length);
            assertThat(file.tensors()).isEqualTo(read(model).tensors());
            assertThat(GgufFile.read(channel, 1000).tensors()).hasSize(21);
            assertThatExceptionOfType(GgufException.class)
                    .isThrownBy(() -> GgufFile.read(channel, 1000, model.length - 100))
                    .withMessageContaining("truncated");
        }
    }

    @Test
    void open_version2_isRead() {
        assertThat(read(new GgufWriter().version(2).text("a", "b").toBytes()).version())
                .isEqualTo(2);
    }

    @Test
    void open_brokenFiles_saysWhat() {
        assertBroken(TinyGguf.garbage(1000), "is no GGUF file: it begins with the bytes");
        assertBroken(new byte[3], "only 3 bytes");
        assertBroken(new GgufWriter().version(1).toBytes(), "version 1");
        assertBroken(new GgufWriter().version(0x03000000).toBytes(), "big-endian GGUF file (version 3)");
        assertBroken(TinyGguf.builder().build().truncated(2000), "truncated");
        assertBroken(TinyGguf.builder().build().truncated(100_000), "truncated or damaged");
        assertBroken(new GgufWriter().text("a", "b").text("a", "c").toBytes(), "'a' appears twice");
        assertBroken(new GgufWriter().uint32("general.alignment", 3).toBytes(), "power of 2");
        float[] data = new float[4];
        long[] shape = {4};
        assertBroken(
                new GgufWriter()
                        .tensor("t", shape, data)
                        .tensor("t", shape, data)
                        .toBytes(),
                "'t' appears twice");
        assertBroken(
                new GgufWriter()
                        .tensor("t", new long[] {1L << 40, 1L << 40}, data)
                        .toBytes(),
                "too large");
        assertBroken(new GgufWriter().tensor("t", new long[] {-4}, data).toBytes(), "shape [-4]");
        assertBroken(
                new GgufWriter().tensor("t", new long[] {1, 1, 1, 1, 1}, data).toBytes(), "5 dimensions");
    }

    private void assertBroken(byte[] bytes, String message) {
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> read(bytes))
                .withMessageContaining(message)
                .withMessageContaining("x.gguf");
    }

    @Test
    void open_missingFileOrDirectory_saysSo() {
        assertThatThrownBy(() -> GgufFile.open(folder.resolve("none.gguf")))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> GgufFile.open(folder))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("is a directory");
    }

    @Test
    @Timeout(300)
    void open_randomMutations_throwNothingButGgufException() {
        byte[] original = TinyGguf.builder().build().bytes();
        int head = (int) read(original).dataOffset();
        Random random = new Random(5);
        int refused = 0;
        for (int n = 0; n < 2000; n++) {
            byte[] bytes = original.clone();
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
                bytes[4 + random.nextInt(head - 4)] = (byte) (random.nextBoolean() ? random.nextInt(256) : 0xff);
            }
            if (random.nextInt(4) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(head));
            }
            try {
                read(bytes)
                        .metadata()
                        .forEach((key, value) -> assertThat(value.toString()).isNotNull());
            } catch (GgufException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(500, 1999);
    }
}
