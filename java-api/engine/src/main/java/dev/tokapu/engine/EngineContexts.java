package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.draft.DraftPlanner;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.internal.util.MemoryMargin;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a replica computes with: the context of its model, and its drafts, with the context of a draft model.
 *
 * <p>Thread safety: that of its parts.
 */
record EngineContexts(ReplicaSpec spec, Context context, DraftPlanner drafts) implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    /** Those of all replicas, or none. */
    static List<EngineContexts> open(List<ReplicaSpec> specs) {
        List<EngineContexts> contexts = new ArrayList<>();
        try {
            for (ReplicaSpec spec : specs) {
                contexts.add(openAsFits(spec));
            }
            return contexts;
        } catch (RuntimeException | Error e) {
            contexts.forEach(EngineContexts::close);
            throw e;
        }
    }

    /** With a large micro-batch, where none was set, only if that leaves enough memory. */
    private static EngineContexts openAsFits(ReplicaSpec spec) {
        List<Device> devices = spec.model().devices();
        if (!OptionsResolver.takesLargeMicroBatch(spec.options(), devices)) {
            return open(spec);
        }
        EngineContexts large = openWithRoom(() -> open(spec), () -> hasRoom(devices, Tokapu.devices()));
        if (large != null) {
            return large;
        }
        ReplicaSpec small = spec.withSmallMicroBatch();
        LOG.info(
                "{}: a device has too little memory for large micro-batches, they have {} tokens",
                spec.model(),
                small.config().contextOptions().microBatchSize());
        return open(small);
    }

    /** Null when the memory has no room for what is opened, or too little is left beside it. */
    static @Nullable EngineContexts openWithRoom(Supplier<EngineContexts> opening, BooleanSupplier hasRoom) {
        EngineContexts contexts;
        try {
            contexts = opening.get();
        } catch (DeviceMemoryException e) {
            return null;
        }
        boolean kept = false;
        try {
            kept = hasRoom.getAsBoolean();
            return kept ? contexts : null;
        } finally {
            if (!kept) {
                contexts.close();
            }
        }
    }

    /** Whether all devices of a model have enough free memory, as they are now: a context whose kernels get none is lost. */
    static boolean hasRoom(List<Device> used, List<Device> now) {
        return now.stream()
                .filter(device -> used.stream().anyMatch(other -> other.index() == device.index()))
                .allMatch(device -> device.memoryFree() >= MemoryMargin.of(device.memoryTotal()));
    }

    static EngineContexts open(ReplicaSpec spec) {
        ContextCheck.check(spec.model());
        Context context = spec.model().newContext(spec.config().contextOptions());
        try {
            ContextCheck.check(context, spec.config());
            return new EngineContexts(spec, context, DraftStart.start(context, spec.options(), spec.config()));
        } catch (RuntimeException | Error e) {
            context.close();
            throw e;
        }
    }

    /** The memory of models and contexts. */
    MemoryReport memory() {
        List<MemoryReport.Row> rows = new ArrayList<>(context.memory().rows());
        rows.addAll(drafts.memory());
        return new MemoryReport(rows);
    }

    @Override
    public void close() {
        try (context;
                DraftPlanner unused = drafts) {
            // Both, whatever one of them throws.
        }
    }
}
