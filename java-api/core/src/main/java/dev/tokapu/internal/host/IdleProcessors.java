package dev.tokapu.internal.host;

import java.nio.file.Path;

/**
 * How many processors had nothing to do lately, as Linux counts them. In a container these may be processors of others.
 *
 * <p>Thread safety: confined.
 */
public final class IdleProcessors {

    private static final int IDLE = 3; // fields of the line, in ticks
    private static final int IO_WAIT = 4;
    private static final int FIELDS = 8; // those behind are parts of these

    private final Path file;
    private long idle;
    private long all;

    /** Reads what this machine tells. */
    public IdleProcessors() {
        this(Path.of("/"));
    }

    IdleProcessors(Path root) {
        file = root.resolve("proc/stat");
    }

    /** {@return the idle processors since the last call, on the average; NaN when that is not known} */
    public double sinceLast() {
        String[] lines = SmallFile.lines(file);
        int processors = 0;
        while (processors + 1 < lines.length && lines[processors + 1].startsWith("cpu")) {
            processors++;
        }
        long nowIdle = 0;
        long nowAll = 0;
        String[] fields = lines[0].strip().split(" +", -1);
        try {
            for (int i = 0; i < Math.min(FIELDS, fields.length - 1); i++) {
                long ticks = Long.parseLong(fields[i + 1]);
                nowAll += ticks;
                nowIdle += i == IDLE || i == IO_WAIT ? ticks : 0;
            }
        } catch (NumberFormatException e) {
            nowAll = 0;
        }
        double share = all > 0 && nowAll > all ? (double) (nowIdle - idle) / (nowAll - all) : Double.NaN;
        idle = nowIdle;
        all = nowAll;
        return share * processors;
    }
}
