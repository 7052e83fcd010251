package dev.tokapu.engine;

import dev.tokapu.ContextOptions;
import dev.tokapu.Device;
import dev.tokapu.Model;
import dev.tokapu.internal.Nanos;
import dev.tokapu.internal.TakingBack;
import dev.tokapu.internal.schedule.Limits;

/** What the options of an engine come to for a model. */
record EngineSetup(
        EngineOptions options,
        int maxSequences,
        int sequenceContextSize,
        boolean unified,
        int stepTokens,
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
    private static final int PIECE_ON_GPU = 4; // tokens that take hardly longer than one; on a CPU each costs as much
    private static final int FEW_SEQUENCES = 2;
    private static final long SCORED_BYTES = 32 << 20; // of logits, in one step

    static EngineSetup of(Model model, EngineOptions options) {
        boolean embeds = options.context().embeddings();
        if (embeds && options.kvPolicy() == KvPolicy.SPLIT) {
            throw new IllegalArgumentException(
                    "kvPolicy is SPLIT, but the context makes embeddings: with buffers of their own texts of different"
                            + " lengths would be cut; take AUTO or UNIFIED");
        }
        int stepTokens = options.stepTokens() == 0 ? options.context().microBatchSize() : options.stepTokens();
        int size = options.sequenceContextSize();
        if (size == 0) {
            int most = embeds ? stepTokens : DEFAULT_SEQUENCE_CONTEXT;
            size = Math.min(most, Math.max(1, model.trainedContextSize()));
        }
        if (embeds) {
            stepTokens = wholeTexts(options, stepTokens, size);
        }
        int threads = options.samplingThreads() != 0
                ? options.samplingThreads()
                : Math.min(MOST_SAMPLING_THREADS, Runtime.getRuntime().availableProcessors());
        boolean gpu = model.devices().stream().map(Device::type).anyMatch(type -> type.isGpu());
        boolean unified = switch (options.kvPolicy()) {
            case AUTO -> embeds || (gpu && options.maxSequences() <= FEW_SEQUENCES);
            case SPLIT -> false;
            case UNIFIED -> true;
        };
        return new EngineSetup(
                options,
                options.maxSequences(),
                size,
                unified,
                stepTokens,
                threads,
                gpu && options.sampling() == SamplingPlace.DEVICE,
                (int) Math.max(1, SCORED_BYTES / Float.BYTES / model.vocab().size()),
                gpu,
                unified || !gpu ? 0 : MICRO_BATCH_COST);
    }

    /** A text is embedded in one step and one micro-batch, whose size llama.cpp wants to be a multiple of the number of sequences. */
    private static int wholeTexts(EngineOptions options, int stepTokens, int size) {
        if (options.stepTokens() != 0 && options.stepTokens() < size) {
            throw new IllegalArgumentException(
                    "stepTokens is " + stepTokens + ", but a text to embed is computed in one step and may have " + size
                            + " tokens; raise stepTokens, or lower sequenceContextSize");
        }
        int sequences = options.maxSequences();
        return Math.multiplyExact((Math.max(stepTokens, size) + sequences - 1) / sequences, sequences);
    }

    /** The steps of a GPU on which a micro-batch costs as much as so many tokens, on a CPU, for tests. */
    EngineSetup asOnGpu(int tokens) {
        return new EngineSetup(
                options,
                maxSequences,
                sequenceContextSize,
                unified,
                stepTokens,
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
        return embeds() ? stepTokens : stepTokens + maxSequences;
    }

    ContextOptions contextOptions() {
        int tokens = Math.multiplyExact(maxSequences, sequenceContextSize);
        return options.context().toBuilder()
                // A smaller context would cut the micro-batch, which is to be a multiple of the number of sequences.
                .contextSize(embeds() ? Math.max(tokens, stepTokens) : tokens)
                .maxSequences(maxSequences)
                .batchSize(batchTokens())
                .microBatchSize(embeds() ? stepTokens : options.context().microBatchSize())
                .kvUnified(unified)
                .build();
    }

    /** Whether no step with a prompt has the shape of the last one; a sampler on the device would draw for an output more. */
    boolean variesSteps() {
        return gpu && !samplesOnDevice;
    }

    StepPacer pacer() {
        return new StepPacer(maxSequences, options.maxStall(), gpu ? PIECE_ON_GPU : 1, unified);
    }

    /**
     * The context may have a little more room than was asked for: llama.cpp rounds up. Padding is for models whose memory gives tokens back,
     * and for steps that are one micro-batch then.
     */
    Limits limits(Model model) {
        boolean pads = TakingBack.isExact(model, options.context())
                && options.context().microBatchSize() >= PADDED_STEP;
        return new Limits(
                maxSequences,
                sequenceContextSize,
                Math.multiplyExact(maxSequences, sequenceContextSize),
                unified,
                batchTokens(),
                maxSequences + options.queueCapacity(),
                Nanos.of(options.aging()),
                GROUP_STEPS,
                scoredRows,
                microBatchCost,
                pads ? microBatchCost : 0);
    }
}
