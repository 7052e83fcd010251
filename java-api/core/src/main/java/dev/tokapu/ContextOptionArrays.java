package dev.tokapu;

import dev.tokapu.spi.ContextOptionI;

/** The options of contexts as the header wants them. */
final class ContextOptionArrays {

    private static final int AUTO_CONTEXT_LIMIT = 4096;

    private ContextOptionArrays() {}

    /** The integer options, for a model trained for so many tokens. */
    static long[] ints(ContextOptions options, int trainedContextSize) {
        KvCacheOptions cache = options.kvCache();
        long[] ints = new long[ContextOptionI.COUNT];
        ints[ContextOptionI.N_CTX] = options.contextSize() == ContextOptions.AUTO_CONTEXT_SIZE
                ? Math.min(trainedContextSize, AUTO_CONTEXT_LIMIT)
                : options.contextSize();
        ints[ContextOptionI.N_BATCH] = options.batchSize();
        ints[ContextOptionI.N_UBATCH] = options.microBatchSize();
        ints[ContextOptionI.N_SEQ_MAX] = options.maxSequences();
        ints[ContextOptionI.N_RS_SEQ] = options.recurrentSnapshots();
        ints[ContextOptionI.N_OUTPUTS_MAX] = options.outputsMax();
        ints[ContextOptionI.N_OUTPUTS_MAX_PER_SEQ] = options.outputsMaxPerSequence();
        ints[ContextOptionI.N_THREADS] = options.threads();
        ints[ContextOptionI.N_THREADS_BATCH] = options.batchThreads();
        ints[ContextOptionI.POOLING_TYPE] = options.pooling().code();
        ints[ContextOptionI.ATTENTION_TYPE] = options.attention().code();
        ints[ContextOptionI.FLASH_ATTN_TYPE] = options.flashAttention().code();
        ints[ContextOptionI.TYPE_K] = cache.keyType().code();
        ints[ContextOptionI.TYPE_V] = cache.valueType().code();
        ints[ContextOptionI.EMBEDDINGS] = options.embeddings() ? 1 : 0;
        ints[ContextOptionI.OFFLOAD_KQV] = cache.offload() ? 1 : 0;
        ints[ContextOptionI.OP_OFFLOAD] = options.opOffload() ? 1 : 0;
        ints[ContextOptionI.SWA_FULL] = cache.swaFull() ? 1 : 0;
        ints[ContextOptionI.KV_UNIFIED] = cache.unified() ? 1 : 0;
        ints[ContextOptionI.POLL] = options.poll();
        ints[ContextOptionI.NO_PERF] = 1;
        options.rope().intsToNative(ints);
        return ints;
    }
}
