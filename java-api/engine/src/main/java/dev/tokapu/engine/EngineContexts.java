package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.draft.DraftRunner;
import dev.tokapu.exception.DeviceMemoryException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica computes with: the context of its model, and that of a draft model.
 *
 * <p>Thread safety: that of its parts.
 */
record EngineContexts(
        ReplicaSpec spec, Context context, @Nullable DraftRunner drafts) implements AutoCloseable {

    /** Those of all replicas, or none. With a smaller micro-batch where none was set and the memory has no room for a large one. */
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

    private static EngineContexts openAsFits(ReplicaSpec spec) {
        try {
            return open(spec);
        } catch (DeviceMemoryException e) {
            ReplicaSpec small = spec.withSmallMicroBatch();
            if (spec.config().embeds() || small.microBatchSize() == spec.microBatchSize()) {
                throw e;
            }
            return open(small);
        }
    }

    private static EngineContexts open(ReplicaSpec spec) {
        Context context = spec.model().newContext(spec.config().contextOptions());
        try {
            ContextCheck.check(context, spec.config());
            return new EngineContexts(spec, context, DraftStart.start(spec.model(), spec.options(), spec.config()));
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
