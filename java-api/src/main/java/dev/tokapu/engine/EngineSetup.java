package dev.tokapu.engine;

import dev.tokapu.ContextOptions;
import dev.tokapu.Device;
import dev.tokapu.Model;
import dev.tokapu.internal.schedule.Limits;

/** What the options of an engine come to for a model. */
record EngineSetup(
        EngineOptions options,
        int maxSequences,
        int sequenceContextSize,
        boolean unified,
        int stepTokens,
        int samplingThreads,
        boolean samplesOnDevice) {

    private static final int DEFAULT_SEQUENCE_CONTEXT = 4096;
    private static final int MOST_SAMPLING_THREADS = 8;
    private static final int GROUP_STEPS = 8;

    static EngineSetup of(Model model, EngineOptions options) {
        int size = options.sequenceContextSize() != 0
                ? options.sequenceContextSize()
                : Math.min(DEFAULT_SEQUENCE_CONTEXT, Math.max(1, model.trainedContextSize()));
        int stepTokens = options.stepTokens() == 0 ? options.context().microBatchSize() : options.stepTokens();
        int threads = options.samplingThreads() != 0
                ? options.samplingThreads()
                : Math.min(MOST_SAMPLING_THREADS, Runtime.getRuntime().availableProcessors());
        boolean onDevice = options.sampling() == SamplingPlace.DEVICE
                && model.devices().stream().map(Device::type).anyMatch(type -> type.isGpu());
        return new EngineSetup(
                options,
                options.maxSequences(),
                size,
                options.kvPolicy() == KvPolicy.UNIFIED,
                stepTokens,
                threads,
                onDevice);
    }

    /** Prompts and what generates beside them: a prompt of a micro-batch is not cut for the tokens of others. */
    int batchTokens() {
        return stepTokens + maxSequences;
    }

    ContextOptions contextOptions() {
        return options.context().toBuilder()
                .contextSize(Math.multiplyExact(maxSequences, sequenceContextSize))
                .maxSequences(maxSequences)
                .batchSize(batchTokens())
                .kvUnified(unified)
                .build();
    }

    /** The context may have a little more room than was asked for: llama.cpp rounds up. */
    Limits limits() {
        return new Limits(
                maxSequences,
                sequenceContextSize,
                Math.multiplyExact(maxSequences, sequenceContextSize),
                unified,
                batchTokens(),
                maxSequences + options.queueCapacity(),
                options.aging().toNanos(),
                GROUP_STEPS);
    }
}
