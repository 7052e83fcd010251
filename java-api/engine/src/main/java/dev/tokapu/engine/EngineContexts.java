package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.draft.DraftRunner;
import dev.tokapu.engine.run.EngineConfig;
import dev.tokapu.exception.DeviceMemoryException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an engine computes with: the context of its model, and that of a draft model.
 *
 * <p>Thread safety: that of its parts.
 */
record EngineContexts(
        EngineConfig config, Context context, @Nullable DraftRunner drafts) implements AutoCloseable {

    /** With a smaller micro-batch where none was set and the memory has no room for a large one. */
    static EngineContexts open(Model model, EngineOptions options) {
        EngineConfig config = OptionsResolver.resolve(model, options).build();
        try {
            return open(model, options, config);
        } catch (DeviceMemoryException e) {
            EngineOptions small = OptionsResolver.withSmallMicroBatch(options);
            if (config.embeds()
                    || config.contextOptions().microBatchSize()
                            == small.context().microBatchSize()) {
                throw e;
            }
            return open(model, options, OptionsResolver.resolve(model, small).build());
        }
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
