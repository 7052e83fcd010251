package dev.tokapu.engine;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.device.Device;
import dev.tokapu.engine.schedule.SchedulerConfig;
import dev.tokapu.internal.util.Durations;

/** What the options of an engine come to for a model. */
record EngineConfig(
        EngineOptions options,
        int maxSequences,
        int sequenceContextSize,
        boolean unified,
        int maxPrefillTokens,
        int samplingThreads,
        boolean samplesOnDevice,
        int scoredRows,
        boolean gpu,
        int microBatchCost) {

    private static final int DEFAULT_SEQUENCE_CONTEXT = 4096;
    private static final int MOST_SAMPLING_THREADS = 16;
    private static final int GROUP_STEPS = 8;
    private static final int MICRO_BATCH_COST = 16; // in tokens, on a GPU; on a CPU it costs less than one
    private static final int PADDED_STEP = 64; // tokens, at most
    private static final int CHUNK_ON_GPU = 4; // tokens that take hardly longer than one; on a CPU each costs as much
    private static final int FEW_SEQUENCES = 2;
    private static final long SCORED_BYTES = 32 << 20; // of logits, in one step

    static EngineConfig of(Model model, EngineOptions options) {
        boolean embeds = options.context().embeddings();
        if (embeds && options.kvLayout() == KvCacheLayout.SPLIT) {
            throw new IllegalArgumentException(
                    "kvLayout is SPLIT, but the context makes embeddings: with buffers of their own texts of different"
                            + " lengths would be cut; take AUTO or UNIFIED");
        }
        int maxPrefillTokens =
                options.maxPrefillTokens() == 0 ? options.context().microBatchSize() : options.maxPrefillTokens();
        int size = options.sequenceContextSize();
        if (size == 0) {
            int most = embeds ? maxPrefillTokens : DEFAULT_SEQUENCE_CONTEXT;
            size = Math.min(most, Math.max(1, model.info().trainedContextSize()));
        }
        if (embeds) {
            maxPrefillTokens = wholeTexts(options, maxPrefillTokens, size);
        }
        int threads = options.samplingThreads() != 0
                ? options.samplingThreads()
                : Math.min(MOST_SAMPLING_THREADS, Runtime.getRuntime().availableProcessors());
        boolean gpu = model.devices().stream().map(Device::type).anyMatch(type -> type.isGpu());
        boolean unified = switch (options.kvLayout()) {
            case AUTO -> embeds || (gpu && options.maxSequences() <= FEW_SEQUENCES);
            case SPLIT -> false;
            case UNIFIED -> true;
        };
        return new EngineConfig(
                options,
                options.maxSequences(),
                size,
                unified,
                maxPrefillTokens,
                threads,
                gpu && options.sampling() == SamplingDevice.DEVICE,
                (int) Math.max(1, SCORED_BYTES / Float.BYTES / model.vocab().size()),
                gpu,
                unified || !gpu ? 0 : MICRO_BATCH_COST);
    }

    /** A text is embedded in one step and one micro-batch, whose size llama.cpp wants to be a multiple of the number of sequences. */
    private static int wholeTexts(EngineOptions options, int maxPrefillTokens, int size) {
        if (options.maxPrefillTokens() != 0 && options.maxPrefillTokens() < size) {
            throw new IllegalArgumentException("maxPrefillTokens is " + maxPrefillTokens
                    + ", but a text to embed is computed in one step and may have " + size
                    + " tokens; raise maxPrefillTokens, or lower sequenceContextSize");
        }
        int sequences = options.maxSequences();
        return Math.multiplyExact((Math.max(maxPrefillTokens, size) + sequences - 1) / sequences, sequences);
    }

    /** The steps of a GPU on which a micro-batch costs as much as so many tokens, on a CPU, for tests. */
    EngineConfig asOnGpu(int tokens) {
        return new EngineConfig(
                options,
                maxSequences,
                sequenceContextSize,
                unified,
                maxPrefillTokens,
                samplingThreads,
                samplesOnDevice,
                scoredRows,
                true,
                tokens);
    }

    boolean embeds() {
        return options.context().embeddings();
    }

    /** Prompts and what generates beside them: a prompt of a micro-batch is not cut for the tokens of others. */
    int batchTokens() {
        return embeds() ? maxPrefillTokens : maxPrefillTokens + maxSequences;
    }

    ContextOptions contextOptions() {
        int tokens = Math.multiplyExact(maxSequences, sequenceContextSize);
        return options.context().toBuilder()
                // A smaller context would cut the micro-batch, which is to be a multiple of the number of sequences.
                .contextSize(embeds() ? Math.max(tokens, maxPrefillTokens) : tokens)
                .maxSequences(maxSequences)
                .batchSize(batchTokens())
                .microBatchSize(embeds() ? maxPrefillTokens : options.context().microBatchSize())
                .kvCache(kv -> kv.unified(unified))
                .build();
    }

    /** Whether no step with a prompt has the shape of the last one; a sampler on the device would draw for an output more. */
    boolean variesSteps() {
        return gpu && !samplesOnDevice;
    }

    ChunkSizeController chunkSizes() {
        return new ChunkSizeController(maxSequences, options.maxDecodeSlowdown(), gpu ? CHUNK_ON_GPU : 1, unified);
    }

    /**
     * The context may have a little more room than was asked for: llama.cpp rounds up. Padding is for models whose memory gives tokens back,
     * and for steps that are one micro-batch then.
     */
    SchedulerConfig schedulerConfig(Model model) {
        boolean pads =
                options.context().truncatesExactly(model) && options.context().microBatchSize() >= PADDED_STEP;
        return new SchedulerConfig(
                maxSequences,
                sequenceContextSize,
                Math.multiplyExact(maxSequences, sequenceContextSize),
                unified,
                batchTokens(),
                maxSequences + options.queueCapacity(),
                Durations.of(options.aging()),
                GROUP_STEPS,
                scoredRows,
                microBatchCost,
                pads ? microBatchCost : 0);
    }
}
