package dev.tokapu;

import dev.tokapu.internal.host.CpuCores;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.internal.util.NamedValues;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link Context}. The defaults are llama.cpp's, but for three: the context size fits the model, threads
 * are counted as llama.cpp's command-line tools do, and idle threads poll as they do there.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ContextOptions {

    /** A context size: what the model was trained for, but at most 4096 tokens. */
    public static final int AUTO_CONTEXT_SIZE = -1;

    private static final int MAX_SEQUENCES = 256;
    static final int MAX_THREADS = 512;

    private static final ContextOptions DEFAULTS = builder().build();

    private final int contextSize;
    private final int batchSize;
    private final int microBatchSize;
    private final boolean microBatchSizeOpen;
    private final int maxSequences;
    private final int recurrentSnapshots;
    private final int outputsMax;
    private final int outputsMaxPerSequence;
    private final int threads;
    private final int batchThreads;
    private final AdaptiveThreads adaptiveThreads;
    private final int poll;
    private final Pooling pooling;
    private final AttentionType attention;
    private final FlashAttention flashAttention;
    private final boolean embeddings;
    private final boolean opOffload;
    private final KvCacheOptions kvCache;
    private final RopeOptions rope;

    private ContextOptions(Builder builder) {
        contextSize = builder.contextSize;
        batchSize = builder.batchSize;
        microBatchSize = builder.microBatchSize;
        microBatchSizeOpen = builder.microBatchSizeOpen;
        maxSequences = builder.maxSequences;
        recurrentSnapshots = builder.recurrentSnapshots;
        outputsMax = builder.outputsMax;
        outputsMaxPerSequence = builder.outputsMaxPerSequence;
        threads = builder.threads;
        batchThreads = builder.batchThreads;
        adaptiveThreads = builder.adaptiveThreads;
        poll = builder.poll;
        pooling = builder.pooling;
        attention = builder.attention;
        flashAttention = builder.flashAttention;
        embeddings = builder.embeddings;
        opOffload = builder.opOffload;
        kvCache = builder.kvCache;
        rope = builder.rope;
        Objects.requireNonNull(adaptiveThreads, "adaptiveThreads");
        Objects.requireNonNull(pooling, "pooling");
        Objects.requireNonNull(attention, "attention");
        Objects.requireNonNull(flashAttention, "flashAttention");
        Objects.requireNonNull(kvCache, "kvCache");
        Objects.requireNonNull(rope, "rope");
        Checks.atLeast("contextSize", contextSize, AUTO_CONTEXT_SIZE);
        Checks.atLeast("batchSize", batchSize, 1);
        Checks.atLeast("microBatchSize", microBatchSize, 1);
        Checks.between("maxSequences", maxSequences, 1, MAX_SEQUENCES);
        Checks.atLeast("recurrentSnapshots", recurrentSnapshots, 0);
        Checks.atLeast("outputsMax", outputsMax, 0);
        Checks.atLeast("outputsMaxPerSequence", outputsMaxPerSequence, 0);
        Checks.between("threads", threads, 1, MAX_THREADS);
        Checks.between("batchThreads", batchThreads, 1, MAX_THREADS);
        Checks.between("poll", poll, 0, 100);
        if (kvCache.valueType().isQuantized() && flashAttention == FlashAttention.DISABLED) {
            throw new IllegalArgumentException("the valueType " + kvCache.valueType() + " of the KV cache"
                    + " needs flash attention; set flashAttention to AUTO or ENABLED, or valueType to F16");
        }
    }

    /** {@return the defaults} */
    public static ContextOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts from the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from these options} */
    public Builder toBuilder() {
        Builder builder = new Builder()
                .contextSize(contextSize)
                .batchSize(batchSize)
                .microBatchSize(microBatchSize)
                .maxSequences(maxSequences)
                .recurrentSnapshots(recurrentSnapshots)
                .outputsMax(outputsMax)
                .outputsMaxPerSequence(outputsMaxPerSequence)
                .threads(threads)
                .batchThreads(batchThreads)
                .adaptiveThreads(adaptiveThreads)
                .poll(poll)
                .pooling(pooling)
                .attention(attention)
                .flashAttention(flashAttention)
                .embeddings(embeddings)
                .opOffload(opOffload)
                .kvCache(kvCache)
                .rope(rope);
        builder.microBatchSizeOpen = microBatchSizeOpen;
        return builder;
    }

    /**
     * {@return the capacity for all sequences together, in tokens; 0 for as many as the model was trained for, or
     * {@link #AUTO_CONTEXT_SIZE}}
     */
    public int contextSize() {
        return contextSize;
    }

    /** {@return the most tokens that one decode takes} */
    public int batchSize() {
        return batchSize;
    }

    /** {@return the most tokens that are computed at once} */
    public int microBatchSize() {
        return microBatchSize;
    }

    /** {@return whether {@link #microBatchSize()} is the default because none was set, so that an engine may take another one} */
    public boolean isMicroBatchSizeOpen() {
        return microBatchSizeOpen;
    }

    /** {@return the most sequences that the context holds, with ids from 0} */
    public int maxSequences() {
        return maxSequences;
    }

    /** {@return the snapshots of the recurrent state per sequence, for rollback} */
    public int recurrentSnapshots() {
        return recurrentSnapshots;
    }

    /** {@return the most outputs of one micro-batch; 0 for as many as a batch has tokens} */
    public int outputsMax() {
        return outputsMax;
    }

    /** {@return the most outputs per sequence when sampling runs on a device; 0 for {@link #outputsMax()}} */
    public int outputsMaxPerSequence() {
        return outputsMaxPerSequence;
    }

    /** {@return the compute threads for a decode of one token} */
    public int threads() {
        return threads;
    }

    /** {@return the compute threads for a decode of several tokens} */
    public int batchThreads() {
        return batchThreads;
    }

    /** {@return whether the numbers of threads follow what steps take, with {@link #threads} and {@link #batchThreads} as the most} */
    public AdaptiveThreads adaptiveThreads() {
        return adaptiveThreads;
    }

    /** {@return how long idle compute threads spin before they sleep, 0 to 100} */
    public int poll() {
        return poll;
    }

    /** {@return how token embeddings are pooled into a sequence embedding} */
    public Pooling pooling() {
        return pooling;
    }

    /** {@return which tokens a token attends to} */
    public AttentionType attention() {
        return attention;
    }

    /** {@return whether attention runs as one fused operation} */
    public FlashAttention flashAttention() {
        return flashAttention;
    }

    /** {@return whether embeddings are made, for embedding models} */
    public boolean embeddings() {
        return embeddings;
    }

    /** {@return whether operations on host tensors run on a device where that is faster} */
    public boolean opOffload() {
        return opOffload;
    }

    /** {@return how keys and values are held} */
    public KvCacheOptions kvCache() {
        return kvCache;
    }

    /** {@return how positions are encoded, for more than the trained context} */
    public RopeOptions rope() {
        return rope;
    }

    /**
     * Whether the last tokens of a sequence can be removed as if they had never been there.
     *
     * @param model the model of the context
     * @return false for recurrent and hybrid models, whose state cannot forget, and for a sliding window without {@link
     *     KvCacheOptions#swaFull()}, which lacks the tokens that the removed ones pushed out
     */
    public boolean truncatesExactly(Model model) {
        ModelInfo info = model.info();
        return !info.isRecurrent() && !info.isHybrid() && (info.slidingWindow() == 0 || kvCache.swaFull());
    }

    private NamedValues values() {
        return new NamedValues("ContextOptions")
                .with("contextSize", contextSize)
                .with("batchSize", batchSize)
                .with("microBatchSize", microBatchSize)
                .with("microBatchSizeOpen", microBatchSizeOpen)
                .with("maxSequences", maxSequences)
                .with("recurrentSnapshots", recurrentSnapshots)
                .with("outputsMax", outputsMax)
                .with("outputsMaxPerSequence", outputsMaxPerSequence)
                .with("threads", threads)
                .with("batchThreads", batchThreads)
                .with("adaptiveThreads", adaptiveThreads)
                .with("poll", poll)
                .with("pooling", pooling)
                .with("attention", attention)
                .with("flashAttention", flashAttention)
                .with("embeddings", embeddings)
                .with("opOffload", opOffload)
                .with("kvCache", kvCache)
                .with("rope", rope);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ContextOptions that && values().equals(that.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    @Override
    public String toString() {
        return values().toString();
    }

    /**
     * Builds {@link ContextOptions}.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private int contextSize = AUTO_CONTEXT_SIZE;
        private int batchSize = 2048;
        private int microBatchSize = 512;
        private boolean microBatchSizeOpen = true;
        private int maxSequences = 1;
        private int recurrentSnapshots = 0;
        private int outputsMax = 0;
        private int outputsMaxPerSequence = 1;
        private int threads = CpuCores.ofMachine().threads();
        private int batchThreads = threads;
        private AdaptiveThreads adaptiveThreads = AdaptiveThreads.AUTO;
        private int poll = 50;
        private Pooling pooling = Pooling.UNSPECIFIED;
        private AttentionType attention = AttentionType.UNSPECIFIED;
        private FlashAttention flashAttention = FlashAttention.AUTO;
        private boolean embeddings = false;
        private boolean opOffload = true;
        private KvCacheOptions kvCache = KvCacheOptions.defaults();
        private RopeOptions rope = RopeOptions.defaults();

        private Builder() {}

        /**
         * Capacity for all sequences together, in tokens (llama.cpp: {@code n_ctx}); 0 for as many as the model was
         * trained for; default {@link ContextOptions#AUTO_CONTEXT_SIZE}, the same but at most 4096.
         */
        public Builder contextSize(int value) {
            contextSize = value;
            return this;
        }

        /** The most tokens that one decode takes (llama.cpp: {@code n_batch}); default 2048. */
        public Builder batchSize(int value) {
            batchSize = value;
            return this;
        }

        /**
         * The most tokens that are computed at once, into which a decode is split (llama.cpp: {@code n_ubatch});
         * default 512, in an engine with a GPU that has room for it 2048. With {@link Pooling#MEAN} and RANK it is rounded to a multiple of
         * {@code maxSequences}.
         */
        public Builder microBatchSize(int value) {
            microBatchSize = value;
            microBatchSizeOpen = false;
            return this;
        }

        /** The most sequences that the context holds, with ids from 0 (llama.cpp: {@code n_seq_max}); 1 to 256, default 1. */
        public Builder maxSequences(int value) {
            maxSequences = value;
            return this;
        }

        /**
         * Snapshots of the recurrent state per sequence, for rollback (llama.cpp: {@code n_rs_seq}); 0 to {@code
         * microBatchSize - 2}, default 0.
         */
        public Builder recurrentSnapshots(int value) {
            recurrentSnapshots = value;
            return this;
        }

        /** The most outputs of one micro-batch (llama.cpp: {@code n_outputs_max}); default 0, as many as a batch has tokens. */
        public Builder outputsMax(int value) {
            outputsMax = value;
            return this;
        }

        /**
         * The most outputs per sequence when sampling runs on a device (llama.cpp: {@code n_outputs_max_per_seq}); 0
         * for {@code outputsMax}, default 1.
         */
        public Builder outputsMaxPerSequence(int value) {
            outputsMaxPerSequence = value;
            return this;
        }

        /**
         * Compute threads for a decode of one token, 1 to 512, and at most one for each processor that this process may
         * use (with a warning where more are asked for: they would wait for each other); default {@link
         * Tokapu.Processors#threads()}: the physical cores, of several kinds the fast ones.
         * A number that is set here is fixed: {@link AdaptiveThreads#DISABLED}.
         */
        public Builder threads(int value) {
            threads = value;
            adaptiveThreads = AdaptiveThreads.DISABLED;
            return this;
        }

        /** Compute threads for a decode of several tokens, as {@link #threads}. */
        public Builder batchThreads(int value) {
            batchThreads = value;
            adaptiveThreads = AdaptiveThreads.DISABLED;
            return this;
        }

        /**
         * Whether fewer threads compute while that is faster, because other programs use the processors; default
         * {@link AdaptiveThreads#AUTO}. Set it after a number of threads, which then is the most.
         */
        public Builder adaptiveThreads(AdaptiveThreads value) {
            adaptiveThreads = value;
            return this;
        }

        /** How long idle compute threads spin before they sleep, 0 to 100; 0 spends the least energy; default 50. */
        public Builder poll(int value) {
            poll = value;
            return this;
        }

        /** How token embeddings are pooled into a sequence embedding; default {@link Pooling#UNSPECIFIED}. */
        public Builder pooling(Pooling value) {
            pooling = value;
            return this;
        }

        /** Which tokens a token attends to; default {@link AttentionType#UNSPECIFIED}. */
        public Builder attention(AttentionType value) {
            attention = value;
            return this;
        }

        /** Whether attention runs as one fused operation; default {@link FlashAttention#AUTO}. */
        public Builder flashAttention(FlashAttention value) {
            flashAttention = value;
            return this;
        }

        /** Whether embeddings are made, for embedding models; default false. */
        public Builder embeddings(boolean value) {
            embeddings = value;
            return this;
        }

        /** Whether operations on host tensors run on a device where that is faster; default true. */
        public Builder opOffload(boolean value) {
            opOffload = value;
            return this;
        }

        /** How keys and values are held; default {@link KvCacheOptions#defaults()}. */
        public Builder kvCache(KvCacheOptions value) {
            kvCache = value;
            return this;
        }

        /** How positions are encoded, for more than the trained context; default {@link RopeOptions#defaults()}. */
        public Builder rope(RopeOptions value) {
            rope = value;
            return this;
        }

        /** Changes how keys and values are held, for example {@code kvCache(kv -> kv.unified(true))}. */
        public Builder kvCache(UnaryOperator<KvCacheOptions.Builder> change) {
            return kvCache(change.apply(kvCache.toBuilder()).build());
        }

        /** {@return the options; an {@link IllegalArgumentException} tells which value is out of range} */
        public ContextOptions build() {
            return new ContextOptions(this);
        }
    }
}
