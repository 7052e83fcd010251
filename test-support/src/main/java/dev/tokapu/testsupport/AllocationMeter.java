package dev.tokapu.testsupport;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Counts the bytes that a piece of code allocates on the Java heap, on the calling thread.
 *
 * <p>Thread safety: safe for any number of threads.
 */
public final class AllocationMeter {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocationMeter() {}

    /** Bytes allocated by the calling thread while it runs {@code code}, less what measuring itself allocates. */
    public static long allocatedBytes(Runnable code) {
        long empty = measure(() -> {});
        return Math.max(0, measure(code) - empty);
    }

    private static long measure(Runnable code) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        code.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
