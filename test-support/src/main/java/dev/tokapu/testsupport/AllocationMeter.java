package dev.tokapu.testsupport;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Counts the bytes that a piece of code allocates on the Java heap, on the calling thread.
 *
 * <p>Thread safety: safe for any number of threads.
 */
public final class AllocationMeter {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private AllocationMeter() {}

    /** Bytes allocated by the calling thread while it runs {@code code}, less what measuring itself allocates. */
    public static long allocatedBytes(Runnable code) {
        long empty = measure(() -> {});
        return Math.max(0, measure(code) - empty);
    }

    /**
     * The least that {@code code} allocates once it is compiled: it runs until that is no more than {@code enough}, at most for half a
     * minute, since a busy machine compiles late.
     */
    public static long leastBytes(long enough, Runnable code) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        long least = allocatedBytes(code);
        while (least > enough && System.nanoTime() < end) {
            least = Math.min(least, allocatedBytes(code));
        }
        return least;
    }

    private static long measure(Runnable code) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        code.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
