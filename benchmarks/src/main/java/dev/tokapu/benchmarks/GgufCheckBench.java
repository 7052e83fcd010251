package dev.tokapu.benchmarks;

import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.GgufProblem;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The look that {@code Model.load} takes at a file, in a JVM that has done nothing yet. Prints one JSON object: CPU time of the thread that looks,
 * for the first look and the shortest of some more.
 *
 * <p>Arguments: model file.
 */
public final class GgufCheckBench {

    private static final int HEAD = 1 << 16;
    private static final int MORE = 200;

    private GgufCheckBench() {}

    /**
     * Runs it.
     *
     * @param args model file
     * @throws IOException when it cannot be read
     */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        try (FileChannel channel = FileChannel.open(file)) {
            channel.read(ByteBuffer.allocate(HEAD)); // as Model.load does, to see whether it knows the file
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double first = millis(threads, file);
        double best = first;
        for (int i = 0; i < MORE; i++) {
            best = Math.min(best, millis(threads, file));
        }
        System.out.printf(Locale.ROOT, "{\"first_ms\": %.2f, \"warm_ms\": %.2f}%n", first, best);
    }

    private static double millis(ThreadMXBean threads, Path file) {
        long before = threads.getCurrentThreadCpuTime();
        List<GgufProblem> problems = GgufFile.open(file).problems();
        long after = threads.getCurrentThreadCpuTime();
        if (!problems.isEmpty()) {
            throw new IllegalStateException(file + ": " + problems);
        }
        return (after - before) / 1e6;
    }
}
