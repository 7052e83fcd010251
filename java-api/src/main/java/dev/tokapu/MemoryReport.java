package dev.tokapu;

import dev.tokapu.internal.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a model and its context lie in memory, or would lie: a row for each kind of buffer. {@link #toString()} is a table.
 *
 * <p>Weights that are mapped from the file count as memory of the host.
 *
 * <p>Thread safety: immutable.
 *
 * @param rows the buffers
 * @since 0.1
 */
public record MemoryReport(List<Row> rows) {

    private static final String HOST = "host";
    private static final String LINE = "%-14s  %-8s  %12s  %12s  %12s  %12s\n";

    /**
     * The memory of one kind of buffer, or of one device.
     *
     * <p>Thread safety: immutable.
     *
     * @param buffer llama.cpp's name of the buffer; in {@link MemoryReport#totals()} the name of the device, or {@code host}
     * @param device the GPU whose memory it is; null for the host's
     * @param weights bytes of weights
     * @param kv bytes of KV cache and recurrent state
     * @param compute bytes for computing
     * @since 0.1
     */
    public record Row(String buffer, @Nullable Device device, long weights, long kv, long compute) {

        /**
         * All of it.
         *
         * @return bytes
         */
        public long total() {
            return weights + kv + compute;
        }

        private Row plus(Row other) {
            return new Row(buffer, device, weights + other.weights, kv + other.kv, compute + other.compute);
        }
    }

    /** Validates. */
    public MemoryReport {
        rows = List.copyOf(rows);
    }

    /** Reads the lines of the header: name, device, bytes of weights and, for contexts, of KV cache and compute buffers. */
    static MemoryReport parse(String text, List<Device> devices) {
        List<Row> rows = new ArrayList<>();
        text.lines().forEach(line -> rows.add(row(line.split("\t", -1), devices)));
        return new MemoryReport(rows);
    }

    private static Row row(String[] fields, List<Device> devices) {
        int index = Integer.parseInt(fields[1]);
        Device device = index < 0 ? null : devices.get(index);
        boolean host = device == null || !device.type().isGpu();
        return new Row(fields[0], host ? null : device, bytes(fields, 2), bytes(fields, 3), bytes(fields, 4));
    }

    private static long bytes(String[] fields, int index) {
        return index < fields.length ? Long.parseLong(fields[index]) : 0;
    }

    /**
     * The sums for each device.
     *
     * @return a row for each GPU that is used, in the order of the buffers, then one for the host
     */
    public List<Row> totals() {
        Map<Integer, Row> sums = new LinkedHashMap<>();
        Row host = new Row(HOST, null, 0, 0, 0);
        for (Row row : rows) {
            Device device = row.device();
            if (device == null) {
                host = host.plus(row);
            } else {
                Row named = new Row(device.name(), device, row.weights(), row.kv(), row.compute());
                sums.merge(device.index(), named, Row::plus);
            }
        }
        List<Row> totals = new ArrayList<>(sums.values());
        totals.add(host);
        return List.copyOf(totals);
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
        return rows.stream()
                .filter(row -> row.device() != null && row.device().index() == device.index())
                .mapToLong(Row::total)
                .sum();
    }

    /**
     * The memory that is used of the host.
     *
     * @return bytes, mapped weights included
     */
    public long hostBytes() {
        return rows.stream()
                .filter(row -> row.device() == null)
                .mapToLong(Row::total)
                .sum();
    }

    /**
     * All of it.
     *
     * @return bytes on all devices and the host
     */
    public long totalBytes() {
        return rows.stream().mapToLong(Row::total).sum();
    }

    @Override
    public String toString() {
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, LINE, "buffer", "memory", "weights", "KV cache", "compute", "total"));
        for (Row row : rows) {
            append(table, row.buffer(), row);
        }
        for (Row row : totals()) {
            append(table, "total", row);
        }
        return table.toString();
    }

    private static void append(StringBuilder table, String name, Row row) {
        Device device = row.device();
        table.append(String.format(
                Locale.ROOT,
                LINE,
                name,
                device == null ? HOST : device.name(),
                Bytes.text(row.weights()),
                Bytes.text(row.kv()),
                Bytes.text(row.compute()),
                Bytes.text(row.total())));
    }
}
