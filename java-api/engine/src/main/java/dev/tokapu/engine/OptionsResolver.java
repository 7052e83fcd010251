package dev.tokapu.engine;

import dev.tokapu.AdaptiveThreads;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.device.Device;
import dev.tokapu.device.DeviceType;
import dev.tokapu.engine.run.EngineConfig;
import java.util.List;

/** Finds what the options of an engine come to for a model. */
final class OptionsResolver {

    private static final int DEFAULT_SEQUENCE_CONTEXT = 4096;
    private static final int MOST_SAMPLING_THREADS = 16;
    private static final int MICRO_BATCH_COST = 16; // in tokens, on a GPU; on a CPU it costs less than one
    private static final int MICRO_BATCH_ON_GPU = 2048; // larger ones are hardly faster
    private static final int FEW_SEQUENCES = 2;
    private static final long SCORED_BYTES = 32 << 20; // of logits, in one step

    private OptionsResolver() {}

    static EngineConfig.Builder resolve(Model model, EngineOptions options) {
        boolean gpu = model.devices().stream().map(Device::type).anyMatch(type -> type.isGpu());
        ContextOptions context = context(options, takesLargeMicroBatch(options, model.devices()));
        boolean embeds = context.embeddings();
        if (embeds && options.kvLayout() == KvCacheLayout.SPLIT) {
            throw new IllegalArgumentException(
                    "kvLayout is SPLIT, but the context makes embeddings: with buffers of their own texts of different"
                            + " lengths would be cut; take AUTO or UNIFIED");
        }
        if (embeds && (options.draftModel() != null || options.speculation() instanceof Speculation.Mtp)) {
            throw new IllegalArgumentException(
                    "the context makes embeddings, for which nothing is drafted; leave out the draft model and Speculation.mtp()");
        }
        int maxPrefillTokens = options.maxPrefillTokens() == 0 ? context.microBatchSize() : options.maxPrefillTokens();
        int size = options.sequenceContextSize();
        if (size == 0) {
            int most = embeds ? maxPrefillTokens : DEFAULT_SEQUENCE_CONTEXT;
            size = Math.min(most, Math.max(1, model.info().trainedContextSize()));
        }
        if (embeds) {
            maxPrefillTokens = wholeTexts(options, maxPrefillTokens, size);
        }
        boolean unified = isUnified(options, gpu);
        EngineConfig.Builder config = EngineConfig.builder(context, options.maxSequences(), size)
                .queue(options.queueCapacity(), options.aging())
                .stepLimit(options.maxDecodeSlowdown(), options.interTokenLatencyTarget())
                .maxPrefillTokens(maxPrefillTokens)
                .sampling(gpu && options.sampling() == SamplingDevice.DEVICE, samplingThreads(options))
                .scoredRows((int)
                        Math.max(1, SCORED_BYTES / Float.BYTES / model.vocab().size()))
                .memory(unified, context.truncatesExactly(model));
        checkKvTokens(options, unified, size);
        // Embedded texts leave the KV cache after their step, which has at most so many tokens.
        config.kvTokens(embeds && options.kvTokens() == 0 ? maxPrefillTokens : options.kvTokens());
        if (options.prefixCache().enabled()) {
            PrefixCacheOptions cache = options.prefixCache();
            config.prefixCache(cache.sequences(), model.info().slidingWindow() == 0);
            config.host(cache.hostBytes(), cache.savesAll(), cache.directory() != null);
        }
        return gpu ? config.gpu(unified ? 0 : MICRO_BATCH_COST) : config;
    }

    /**
     * Whether a large micro-batch is taken, if there is memory for it: none was set, and all GPUs have a memory of their own. Others are so slow
     * that nobody could wait for such a step.
     */
    static boolean takesLargeMicroBatch(EngineOptions options, List<Device> devices) {
        ContextOptions context = options.context();
        return context.isMicroBatchSizeOpen()
                && !context.embeddings()
                && devices.stream().anyMatch(device -> device.type() == DeviceType.GPU)
                && devices.stream().noneMatch(device -> device.type() == DeviceType.IGPU);
    }

    /**
     * Several answers depend on each other anyway, so they have as many threads as are fastest, and on a GPU as large a micro-batch, unless
     * something else is asked for.
     */
    static ContextOptions context(EngineOptions options, boolean largeMicroBatch) {
        ContextOptions context = options.context();
        boolean adapts = context.adaptiveThreads() == AdaptiveThreads.AUTO && options.maxSequences() > 1;
        ContextOptions.Builder resolved = context.toBuilder();
        if (adapts) {
            resolved.adaptiveThreads(AdaptiveThreads.ENABLED);
        }
        if (largeMicroBatch) {
            resolved.microBatchSize(MICRO_BATCH_ON_GPU);
        }
        return resolved.build();
    }

    /** The same, with the default micro-batch. */
    static EngineOptions withSmallMicroBatch(EngineOptions options) {
        ContextOptions context = options.context();
        return options.toBuilder()
                .context(context.toBuilder()
                        .microBatchSize(context.microBatchSize())
                        .build())
                .build();
    }

    private static void checkKvTokens(EngineOptions options, boolean unified, int size) {
        int tokens = options.kvTokens();
        if (tokens == 0) {
            return;
        }
        if (!unified) {
            throw new IllegalArgumentException(
                    "kvTokens is " + tokens + ", but each sequence has a buffer of its own of " + size
                            + " tokens; set kvLayout to UNIFIED, or sequenceContextSize");
        }
        if (tokens < size) {
            throw new IllegalArgumentException("kvTokens is " + tokens + ", but one request may have " + size
                    + " tokens; raise kvTokens, or lower sequenceContextSize");
        }
    }

    private static boolean isUnified(EngineOptions options, boolean gpu) {
        return switch (options.kvLayout()) {
            case AUTO -> options.context().embeddings() || (gpu && options.maxSequences() <= FEW_SEQUENCES);
            case SPLIT -> false;
            case UNIFIED -> true;
        };
    }

    private static int samplingThreads(EngineOptions options) {
        return options.samplingThreads() != 0
                ? options.samplingThreads()
                : Math.min(MOST_SAMPLING_THREADS, Runtime.getRuntime().availableProcessors());
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
}
