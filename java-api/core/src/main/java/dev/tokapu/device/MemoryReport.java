package dev.tokapu.device;

import dev.tokapu.internal.util.ByteSizes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a model and its context lie in memory, or would lie: a row for each kind of buffer. {@link #toString()} is a table.
 *
 * <p>Weights that are used where the file is mapped count as memory of the host; its other parts, which the system drops when it
 * needs the memory, do not.
 *
 * <p>Thread safety: immutable.
 *
 * @param rows the buffers
 * @since 0.1
 */
public record MemoryReport(List<Row> rows) {

    /** {@link Row#where()} of the host's memory. */
    public static final String HOST = "host";

    /** {@link Row#where()} of a buffer that is divided among devices. */
    public static final String SEVERAL = "several";

    private static final String LINE = "%-14s  %-8s  %12s  %12s  %12s  %12s\n";

    /**
     * The memory of one kind of buffer, or of one device.
     *
     * <p>Thread safety: immutable.
     *
     * @param buffer llama.cpp's name of the buffer; in {@link MemoryReport#totals()} {@code total}
     * @param where whose memory it is: the name of a GPU, {@link #HOST}, or {@link #SEVERAL} for a buffer that is divided among
     *     devices ({@link SplitMode#TENSOR})
     * @param device the GPU, null for the other two
     * @param weights bytes of weights
     * @param kv bytes of KV cache and recurrent state
     * @param compute bytes for computing
     * @since 0.1
     */
    public record Row(String buffer, String where, @Nullable Device device, long weights, long kv, long compute) {

        /** {@return the total, on all devices and the host, in bytes} */
        public long total() {
            return weights + kv + compute;
        }

        private Row plus(Row other) {
            return new Row(buffer, where, device, weights + other.weights, kv + other.kv, compute + other.compute);
        }
    }

    public MemoryReport {
        rows = List.copyOf(rows);
    }

    /** {@return the sums by device: a row for each GPU in use and one for the host, in the order of the buffers} */
    public List<Row> totals() {
        Map<String, Row> sums = new LinkedHashMap<>();
        for (Row row : rows) {
            Row total = new Row("total", row.where(), row.device(), row.weights(), row.kv(), row.compute());
            sums.merge(row.where(), total, Row::plus);
        }
        return List.copyOf(sums.values());
    }

    /** {@return the same but for the weights, which a model's contexts share} */
    public MemoryReport withoutWeights() {
        return new MemoryReport(rows.stream()
                .map(row -> new Row(row.buffer, row.where, row.device, 0, row.kv, row.compute))
                .toList());
    }

    /** {@return the rows of both} */
    public MemoryReport plus(MemoryReport other) {
        return new MemoryReport(
                Stream.concat(rows.stream(), other.rows.stream()).toList());
    }

    /**
     * The memory that is used of a device.
     *
     * @param device a GPU, or the CPU for the host's memory
     * @return bytes
     */
    public long bytesOn(Device device) {
        if (!device.type().isGpu()) {
            return hostBytes();
        }
        return bytesAt(device.name());
    }

    /** {@return the memory of the host in use, mapped weights included, in bytes} */
    public long hostBytes() {
        return bytesAt(HOST);
    }

    private long bytesAt(String where) {
        return rows.stream()
                .filter(row -> row.where().equals(where))
                .mapToLong(Row::total)
                .sum();
    }

    /** {@return the total, on all devices and the host, in bytes} */
    public long totalBytes() {
        return rows.stream().mapToLong(Row::total).sum();
    }

    @Override
    public String toString() {
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, LINE, "buffer", "memory", "weights", "KV cache", "compute", "total"));
        rows.forEach(row -> append(table, row));
        totals().forEach(row -> append(table, row));
        return table.toString();
    }

    private static void append(StringBuilder table, Row row) {
        table.append(String.format(
                Locale.ROOT,
                LINE,
                row.buffer(),
                row.where(),
                ByteSizes.text(row.weights()),
                ByteSizes.text(row.kv()),
                ByteSizes.text(row.compute()),
                ByteSizes.text(row.total())));
    }
}
