package dev.tokapu;

import dev.tokapu.device.Device;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.internal.host.HostMemory;
import dev.tokapu.internal.load.ModelLocation;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.util.ByteSizes;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spi.NativeApi;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses what the host's memory cannot hold before the kernel ends the process for it. {@code docs/memory.md} has the rule: only
 * what is certain is refused, what is possible is a warning.
 *
 * @param memory what the host has
 * @param enabled whether anything is refused
 */
record MemoryCheck(HostMemory memory, boolean enabled) {

    /** {@code false}: go on, whatever the host has. */
    static final String PROPERTY = "tokapu.memory.check";

    private static final Logger LOG = LoggerFactory.getLogger(MemoryCheck.class);
    private static final long MIB = 1 << 20;
    private static final long SMALL = 128 * MIB;
    private static final long PLENTY = 16 * 1024 * MIB; // buffers for computing hardly get that large
    private static final int ALIGNMENT = 32;

    static MemoryCheck now() {
        return new MemoryCheck(
                HostMemory.now(), !System.getProperty(PROPERTY, "true").equals("false"));
    }

    /** The value for {@code CONTEXT_I_HOST_MEMORY}: how much a context may take for good. */
    int mebibytes() {
        long most = enabled ? memory.reachable() / MIB : Integer.MAX_VALUE;
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, most));
    }

    /** The failure with the figures that led to it. */
    DeviceMemoryException refused(RuntimeException failure) {
        return new DeviceMemoryException(
                failure.getMessage() + "; " + memory.reason() + ". -D" + PROPERTY + "=false goes on anyway", failure);
    }

    /** Small models are loaded without a look at the memory. */
    static void beforeLoad(
            NativeApi api, ModelSource source, ModelLocation location, ModelOptions options, List<Device> devices) {
        if (location.bytes() > SMALL) {
            now().weights(api, source, location, options, devices);
        }
    }

    /** Mapped weights can be dropped and read again; copied weights must fit. Planned only where they might not. */
    void weights(
            NativeApi api, ModelSource source, ModelLocation location, ModelOptions options, List<Device> devices) {
        if (!enabled || options.vocabOnly() || location.bytes() <= memory.reachable()) {
            return;
        }
        try (NativeHandle plan = ModelCalls.plan(api, source, location, options, devices)) {
            boolean mapped = isMapped(location, options.loadMode());
            long copied = ModelCalls.memory(plan).rows().stream()
                    .filter(row -> row.where().equals(MemoryReport.HOST) && !(mapped && isPlain(row.buffer())))
                    .mapToLong(MemoryReport.Row::weights)
                    .sum();
            if (copied > memory.reachable()) {
                throw new DeviceMemoryException("Model " + source + ": " + ByteSizes.text(copied)
                        + " of its weights have to be copied into the host's memory; " + memory.reason()
                        + ". Take a smaller quantization" + (mapped ? "" : ", LoadMode.MMAP")
                        + " or more memory; -D" + PROPERTY + "=false goes on anyway");
            }
        }
    }

    /**
     * Buffers for computing are touched as prompts grow: all of them only at the end of the context. This memory is
     * that from before the context was created.
     */
    void computing(NativeHandle context, long logits) {
        if (memory.reachable() > PLENTY) {
            return;
        }
        long taken = ModelCalls.contextMemory(context).rows().stream()
                .filter(row -> row.where().equals(MemoryReport.HOST))
                .mapToLong(row -> row.kv() + row.compute())
                .sum();
        long needed = taken - logits * Float.BYTES; // those of a whole batch are reserved, and hardly ever asked for
        if (needed > memory.reachable()) {
            LOG.warn(
                    "{} may take {} when its prompts get long; {}. The kernel may end this process then: choose a smaller"
                            + " contextSize or microBatchSize.",
                    context.name(),
                    ByteSizes.text(needed),
                    memory.reason());
        }
    }

    private static boolean isMapped(ModelLocation location, LoadMode mode) {
        long offset = location instanceof ModelLocation.Range range
                ? range.offset()
                : location instanceof ModelLocation.Descriptor open ? open.offset() : 0;
        return offset % ALIGNMENT == 0 && (mode == LoadMode.AUTO || mode == LoadMode.MMAP);
    }

    /** Other buffers hold weights in another order than the file. */
    private static boolean isPlain(String buffer) {
        return buffer.equals("CPU") || buffer.endsWith("_Host") || buffer.endsWith("_Mapped");
    }
}
