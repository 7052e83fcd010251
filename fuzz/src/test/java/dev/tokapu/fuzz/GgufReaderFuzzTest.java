package dev.tokapu.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.gguf.GgufBuilder;
import dev.tokapu.gguf.GgufException;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.TensorData;
import dev.tokapu.gguf.TensorInfo;
import dev.tokapu.testsupport.GgufWriter;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyMemoryGguf;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Changed files for the reader in Java, which must answer with a file or with its own exception, within bounds of memory. Here without
 * native code and in this process: {@code -Dtokapu.fuzz.reader=1000000} tries as many.
 */
class GgufReaderFuzzTest {

    private static final int CASES = 5_000;
    private static final long FIXED_BYTES = 1 << 20;
    private static final int TIMES_SIZE = 16;

    private final List<GgufParts> seeds = new ArrayList<>();
    private int read;
    private int refused;
    private int written;
    private long mostAllocated;
    private long longestNanos;

    @Test
    void read_changedFiles_answersOrRefuses() throws IOException {
        makeSeeds();
        long cases = Long.getLong("tokapu.fuzz.reader", CASES);
        long seed = Long.getLong("tokapu.fuzz.seed", 1);
        for (long number = 0; number < cases; number++) {
            Random random = new Random(seed * 1_000_003 + number);
            byte[] bytes = new GgufMutator(random).mutated(seeds.get(random.nextInt(seeds.size())));
            try {
                tryOne(bytes, random);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("case " + number + " of seed " + seed, e);
            }
        }
        System.out.printf(
                "%d cases: %d read, %d refused, %d written again; at most %d KiB and %.1f ms each%n",
                cases, read, refused, written, mostAllocated >> 10, longestNanos / 1e6);
        assertThat(read).isPositive();
        assertThat(refused).isPositive();
        assertThat(written).isPositive();
    }

    private void tryOne(byte[] bytes, Random random) throws IOException {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        GgufFile file = null;
        try {
            file = GgufFile.read(new MemoryChannel(bytes), 0);
            file.problems();
            read++;
        } catch (GgufException e) {
            assertThat(e.getMessage()).isNotBlank();
            refused++;
        }
        longestNanos = Math.max(longestNanos, System.nanoTime() - start);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        mostAllocated = Math.max(mostAllocated, allocated);
        assertThat(allocated).isLessThan(FIXED_BYTES + (long) TIMES_SIZE * bytes.length);
        if (file != null && random.nextInt(50) == 0) {
            writeAgain(file, bytes);
        }
    }

    /** A file that was read can be written, and then says the same. */
    private void writeAgain(GgufFile file, byte[] bytes) throws IOException {
        GgufBuilder builder = new GgufBuilder();
        try {
            builder.putAll(file);
            for (TensorInfo tensor : file.tensors()) {
                ByteBuffer data = ByteBuffer.wrap(bytes, (int) tensor.offset(), (int) tensor.bytes());
                builder.tensor(tensor.name(), tensor.type(), tensor.shape(), TensorData.of(data));
            }
        } catch (IllegalArgumentException e) {
            return; // empty keys and long names, which can be read
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        builder.writeTo(out);
        GgufFile again = GgufFile.read(new MemoryChannel(out.toByteArray()), 0);
        assertThat(again.values()).isEqualTo(file.values());
        assertThat(again.tensors()).extracting(TensorInfo::bytes).isEqualTo(sizes(file));
        written++;
    }

    private static List<Long> sizes(GgufFile file) {
        return file.tensors().stream().map(TensorInfo::bytes).toList();
    }

    private void makeSeeds() {
        seeds.add(small(TinyGguf.builder().build().bytes()));
        for (TinyMemoryGguf model : TinyMemoryGguf.values()) {
            seeds.add(small(model.bytes()));
        }
        for (TinyPositionsGguf model : TinyPositionsGguf.values()) {
            seeds.add(small(model.bytes()));
        }
        seeds.add(GgufParts.of(new GgufWriter()
                .text("general.architecture", "llama")
                .uint8("u8", 255)
                .int8("i8", -1)
                .uint16("u16", 65535)
                .int16("i16", -2)
                .uint64("u64", -1)
                .int64("i64", -4)
                .float64("f64", 0.25)
                .bool("b", true)
                .texts("ss", List.of("a".getBytes(StandardCharsets.UTF_8), new byte[0]))
                .int32s("is", 1, -1)
                .bools("bs", true, false)
                .tensor("t", new long[] {4}, new float[4])
                .toBytes()));
    }

    /** The same with small tensors: their numbers are not read. */
    private static GgufParts small(byte[] file) {
        GgufParts parts = GgufParts.of(file);
        for (GgufParts.Tensor tensor : parts.tensors) {
            tensor.shape = new long[] {32};
            tensor.type = 0;
            tensor.data = new byte[128];
        }
        return parts;
    }
}
