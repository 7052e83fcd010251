package dev.tokapu.spark;

import dev.tokapu.Pooling;
import org.jspecify.annotations.Nullable;

/** What tells engines of an executor apart: rows with the same key share one. */
record EngineKey(
        ModelKey model,
        Operation.Purpose purpose,
        int maxSequences,
        int contextSize,
        int threads,
        @Nullable Pooling pooling,
        boolean reproducible) {

    /** What tells models apart: engines with the same key share its weights. */
    record ModelKey(String name, int gpuLayers) {}

    static EngineKey of(TokapuSparkOptions options, Operation.Purpose purpose) {
        EngineSettings engine = options.engine();
        return new EngineKey(
                new ModelKey(options.model(), engine.gpuLayers()),
                purpose,
                engine.maxSequences(),
                engine.contextSize(),
                engine.threads(),
                engine.pooling(),
                engine.reproducible());
    }
}
