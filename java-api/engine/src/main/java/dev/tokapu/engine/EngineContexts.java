package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.draft.DraftRunner;
import dev.tokapu.engine.run.EngineConfig;
import dev.tokapu.exception.DeviceMemoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an engine computes with: the context of its model, and that of a draft model.
 *
 * <p>Thread safety: that of its parts.
 */
record EngineContexts(
        EngineConfig config, Context context, @Nullable DraftRunner drafts) implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    // Kernels allocate more than the buffers of a context while they compute, in proportion to the micro-batch. Where
    // that fails the
    // context is lost. As much as Fit leaves.
    private static final long MARGIN = 1L << 30;
    private static final int PART = 8; // of a small memory

    /** With a large micro-batch, where none was set, only if that leaves enough memory. */
    static EngineContexts open(Model model, EngineOptions options) {
        if (!OptionsResolver.takesLargeMicroBatch(options, model.devices())) {
            return open(model, options, OptionsResolver.resolve(model, options).build());
        }
        EngineContexts large = openWithRoom(
                () -> open(
                        model, options, OptionsResolver.resolve(model, options).build()),
                () -> hasRoom(model.devices(), Tokapu.devices()));
        if (large != null) {
            return large;
        }
        EngineOptions small = OptionsResolver.withSmallMicroBatch(options);
        LOG.info(
                "{}: a device has too little memory for large micro-batches, they have {} tokens",
                model,
                small.context().microBatchSize());
        return open(model, small, OptionsResolver.resolve(model, small).build());
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

    /** Whether all devices of a model have enough free memory, as they are now. */
    static boolean hasRoom(List<Device> used, List<Device> now) {
        return now.stream()
                .filter(device -> used.stream().anyMatch(other -> other.index() == device.index()))
                .allMatch(device -> device.memoryFree() >= Math.min(MARGIN, device.memoryTotal() / PART));
    }

    static EngineContexts open(Model model, EngineOptions options, EngineConfig config) {
        Context context = model.newContext(config.contextOptions());
        try {
            ContextCheck.check(context, config);
            return new EngineContexts(config, context, DraftStart.start(model, options, config));
        } catch (RuntimeException | Error e) {
            context.close();
            throw e;
        }
    }

    /** The memory of models and contexts. */
    MemoryReport memory() {
        List<MemoryReport.Row> rows = new ArrayList<>(context.memory().rows());
        if (drafts != null) {
            rows.addAll(drafts.memory().rows());
        }
        return new MemoryReport(rows);
    }

    @Override
    public void close() {
        try (context;
                DraftRunner unused = drafts) {
            // Both, whatever one of them throws.
        }
    }
}
