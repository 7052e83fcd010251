package dev.tokapu.spark;

import java.util.function.IntToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory outside the heap that a resource manager lets an executor have. A process that takes more is killed.
 *
 * @param mebibytes {@code spark.executor.memoryOverhead}; 0 where nobody counts
 */
record MemoryBudget(long mebibytes) {

    static final MemoryBudget UNKNOWN = new MemoryBudget(0);
    static final String SETTING = "spark.executor.memoryOverhead";

    private static final Logger LOG = LoggerFactory.getLogger(MemoryBudget.class);
    private static final long MIB = 1 << 20;
    private static final long JVM = 256; // MiB: code, threads and network buffers of Spark itself

    /**
     * {@return how many sequences fit, at least 1; what does not fit is told in the log}
     *
     * @param model its name, for the log
     * @param wanted how many are wanted
     * @param bytes what an engine with so many takes
     */
    int sequences(String model, int wanted, IntToLongFunction bytes) {
        if (mebibytes == 0) {
            return wanted;
        }
        int count = wanted;
        while (count > 1 && !fits(bytes.applyAsLong(count))) {
            count /= 2;
        }
        if (count < wanted) {
            LOG.warn(
                    "The engine of {} has {} sequences and not {}: {} is {} MiB; set it to {}m",
                    model,
                    count,
                    wanted,
                    SETTING,
                    mebibytes,
                    setting(bytes.applyAsLong(wanted)));
        }
        if (!fits(bytes.applyAsLong(count))) {
            LOG.warn(
                    "The engine of {} takes more memory outside the heap than this executor may have, which may be killed for it: {} is {} MiB;"
                            + " set it to {}m",
                    model,
                    SETTING,
                    mebibytes,
                    setting(bytes.applyAsLong(wanted)));
        }
        return count;
    }

    private boolean fits(long bytes) {
        return setting(bytes) <= mebibytes;
    }

    /** {@return the MiB to set for an engine that takes so much} */
    static long setting(long bytes) {
        return (bytes + MIB - 1) / MIB + JVM;
    }
}
