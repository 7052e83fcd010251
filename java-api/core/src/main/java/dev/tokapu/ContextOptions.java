package dev.tokapu;

import dev.tokapu.internal.host.CpuCores;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.spi.ContextOptionI;
import java.util.Objects;

/**
 * The settings of a {@link Context}. The defaults are llama.cpp's, but for three: the context size fits the model, threads
 * are counted as llama.cpp's command-line tools do, and idle threads poll as they do there.
 *
 * <p>Thread safety: immutable.
 *
 * @param contextSize tokens that all sequences of the context hold; 0 for as many as the model was trained for,
 *     {@link #AUTO_CONTEXT_SIZE} for the same but at most 4096 (llama.cpp: {@code n_ctx})
 * @param batchSize tokens that one decode takes at most (llama.cpp: {@code n_batch})
 * @param microBatchSize tokens that one compute graph takes at most; a decode is split into such steps (llama.cpp:
 *     {@code n_ubatch})
 * @param maxSequences sequences that the context holds at most, with ids from 0 (llama.cpp: {@code n_seq_max})
 * @param recurrentSnapshots snapshots of the recurrent state per sequence, for rollback; 0 for none (llama.cpp:
 *     {@code n_rs_seq})
 * @param outputsMax outputs of one micro-batch at most; 0 for as many as a batch has tokens (llama.cpp: {@code
 *     n_outputs_max})
 * @param outputsMaxPerSequence outputs per sequence when sampling runs on a device; 0 for {@code outputsMax}
 *     (llama.cpp: {@code n_outputs_max_per_seq})
 * @param threads compute threads for a decode of one token (llama.cpp: {@code n_threads})
 * @param batchThreads compute threads for a decode of several tokens (llama.cpp: {@code n_threads_batch})
 * @param pooling how embeddings of tokens become one of a sequence
 * @param attention which tokens a token attends to
 * @param flashAttention whether attention runs as one fused operation
 * @param keyType number format of the K cache
 * @param valueType number format of the V cache; quantized ones need flash attention
 * @param embeddings whether embeddings are made, for embedding models
 * @param offloadKqv whether attention and the KV cache live on the device of their layer
 * @param opOffload whether operations on host tensors run on a device where that is faster
 * @param swaFull whether layers with a sliding window get a cache of full size, which keeps old tokens removable
 * @param kvUnified whether all sequences share one buffer: sharing prefixes is free then, unrelated sequences are
 *     slower
 * @param poll how long idle compute threads spin before they sleep, 0 to 100; 0 spends the least energy
 * @param rope how positions are encoded, for more than the trained context
 * @since 0.1
 */
public record ContextOptions(
        int contextSize,
        int batchSize,
        int microBatchSize,
        int maxSequences,
        int recurrentSnapshots,
        int outputsMax,
        int outputsMaxPerSequence,
        int threads,
        int batchThreads,
        Pooling pooling,
        AttentionType attention,
        FlashAttention flashAttention,
        KvType keyType,
        KvType valueType,
        boolean embeddings,
        boolean offloadKqv,
        boolean opOffload,
        boolean swaFull,
        boolean kvUnified,
        int poll,
        RopeOptions rope) {

    /** A context size: what the model was trained for, but at most 4096 tokens. */
    public static final int AUTO_CONTEXT_SIZE = -1;

    private static final ContextOptions DEFAULTS = new ContextOptions(
            AUTO_CONTEXT_SIZE,
            2048,
            512,
            1,
            0,
            0,
            1,
            CpuCores.count(),
            CpuCores.count(),
            Pooling.UNSPECIFIED,
            AttentionType.UNSPECIFIED,
            FlashAttention.AUTO,
            KvType.F16,
            KvType.F16,
            false,
            true,
            true,
            true,
            false,
            50,
            RopeOptions.defaults());

    private static final int AUTO_CONTEXT_LIMIT = 4096;
    private static final int MAX_SEQUENCES = 256;
    static final int MAX_THREADS = 512;

    /** Validates. */
    public ContextOptions {
        Objects.requireNonNull(rope, "rope");
        Objects.requireNonNull(pooling, "pooling");
        Objects.requireNonNull(attention, "attention");
        Objects.requireNonNull(flashAttention, "flashAttention");
        Objects.requireNonNull(keyType, "keyType");
        Objects.requireNonNull(valueType, "valueType");
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
        if (valueType.isQuantized() && flashAttention == FlashAttention.DISABLED) {
            throw new IllegalArgumentException("valueType " + valueType
                    + " needs flash attention; set flashAttention to AUTO or ENABLED, or valueType to F16");
        }
    }

    /**
     * Whether the last tokens of a sequence can be removed as if they had never been there.
     *
     * @param model the model of the context
     * @return false for recurrent and hybrid models, whose state cannot forget, and for a sliding window without {@link #swaFull()},
     *     which lacks the tokens that the removed ones pushed out
     */
    public boolean truncatesExactly(Model model) {
        return !model.isRecurrent() && !model.isHybrid() && (model.slidingWindow() == 0 || swaFull);
    }

    /** {@return the defaults} */
    public static ContextOptions defaults() {
        return DEFAULTS;
    }

    /** {@return the builder} */
    public static Builder builder() {
        return new Builder(defaults());
    }

    /** {@return the builder} */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** The integer options as the header wants them, for a model trained for so many tokens. */
    long[] intsToNative(int trainedContextSize) {
        long[] ints = new long[ContextOptionI.COUNT];
        ints[ContextOptionI.N_CTX] =
                contextSize == AUTO_CONTEXT_SIZE ? Math.min(trainedContextSize, AUTO_CONTEXT_LIMIT) : contextSize;
        ints[ContextOptionI.N_BATCH] = batchSize;
        ints[ContextOptionI.N_UBATCH] = microBatchSize;
        ints[ContextOptionI.N_SEQ_MAX] = maxSequences;
        ints[ContextOptionI.N_RS_SEQ] = recurrentSnapshots;
        ints[ContextOptionI.N_OUTPUTS_MAX] = outputsMax;
        ints[ContextOptionI.N_OUTPUTS_MAX_PER_SEQ] = outputsMaxPerSequence;
        ints[ContextOptionI.N_THREADS] = threads;
        ints[ContextOptionI.N_THREADS_BATCH] = batchThreads;
        ints[ContextOptionI.POOLING_TYPE] = pooling.code();
        ints[ContextOptionI.ATTENTION_TYPE] = attention.code();
        ints[ContextOptionI.FLASH_ATTN_TYPE] = flashAttention.code();
        ints[ContextOptionI.TYPE_K] = keyType.code();
        ints[ContextOptionI.TYPE_V] = valueType.code();
        ints[ContextOptionI.EMBEDDINGS] = embeddings ? 1 : 0;
        ints[ContextOptionI.OFFLOAD_KQV] = offloadKqv ? 1 : 0;
        ints[ContextOptionI.OP_OFFLOAD] = opOffload ? 1 : 0;
        ints[ContextOptionI.SWA_FULL] = swaFull ? 1 : 0;
        ints[ContextOptionI.KV_UNIFIED] = kvUnified ? 1 : 0;
        ints[ContextOptionI.POLL] = poll;
        ints[ContextOptionI.NO_PERF] = 1;
        rope.intsToNative(ints);
        return ints;
    }

    /**
     * Builds {@link ContextOptions}.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private int contextSize;
        private int batchSize;
        private int microBatchSize;
        private int maxSequences;
        private int recurrentSnapshots;
        private int outputsMax;
        private int outputsMaxPerSequence;
        private int threads;
        private int batchThreads;
        private Pooling pooling;
        private AttentionType attention;
        private FlashAttention flashAttention;
        private KvType keyType;
        private KvType valueType;
        private boolean embeddings;
        private boolean offloadKqv;
        private boolean opOffload;
        private boolean swaFull;
        private boolean kvUnified;
        private int poll;
        private RopeOptions rope;

        private Builder(ContextOptions from) {
            contextSize = from.contextSize;
            batchSize = from.batchSize;
            microBatchSize = from.microBatchSize;
            maxSequences = from.maxSequences;
            recurrentSnapshots = from.recurrentSnapshots;
            outputsMax = from.outputsMax;
            outputsMaxPerSequence = from.outputsMaxPerSequence;
            threads = from.threads;
            batchThreads = from.batchThreads;
            pooling = from.pooling;
            attention = from.attention;
            flashAttention = from.flashAttention;
            keyType = from.keyType;
            valueType = from.valueType;
            embeddings = from.embeddings;
            offloadKqv = from.offloadKqv;
            opOffload = from.opOffload;
            swaFull = from.swaFull;
            kvUnified = from.kvUnified;
            poll = from.poll;
            rope = from.rope;
        }

        /**
         * Tokens that all sequences of the context hold; 0 for as many as the model was trained for, {@link
         * ContextOptions#AUTO_CONTEXT_SIZE} for the same but at most 4096; default {@link
         * ContextOptions#AUTO_CONTEXT_SIZE}.
         *
         * @param value the value
         * @return this
         */
        public Builder contextSize(int value) {
            contextSize = value;
            return this;
        }

        /**
         * Tokens that one decode takes at most; default 2048.
         *
         * @param value the value
         * @return this
         */
        public Builder batchSize(int value) {
            batchSize = value;
            return this;
        }

        /**
         * Tokens that one compute graph takes at most; a decode is split into such steps; default 512. With {@link Pooling#MEAN}
         * and RANK it is rounded to a multiple of {@code maxSequences}.
         *
         * @param value the value
         * @return this
         */
        public Builder microBatchSize(int value) {
            microBatchSize = value;
            return this;
        }

        /**
         * Sequences that the context holds at most, with ids from 0; default 1.
         *
         * @param value the value
         * @return this
         */
        public Builder maxSequences(int value) {
            maxSequences = value;
            return this;
        }

        /**
         * Snapshots of the recurrent state per sequence, for rollback; at most {@code microBatchSize - 2}, 0 for none; default 0.
         *
         * @param value the value
         * @return this
         */
        public Builder recurrentSnapshots(int value) {
            recurrentSnapshots = value;
            return this;
        }

        /**
         * Outputs of one micro-batch at most; 0 for as many as a batch has tokens; default 0.
         *
         * @param value the value
         * @return this
         */
        public Builder outputsMax(int value) {
            outputsMax = value;
            return this;
        }

        /**
         * Outputs per sequence when sampling runs on a device; 0 for {@code outputsMax}; default 1.
         *
         * @param value the value
         * @return this
         */
        public Builder outputsMaxPerSequence(int value) {
            outputsMaxPerSequence = value;
            return this;
        }

        /**
         * Compute threads for a decode of one token, at most one for each processor that this process may use (with a warning
         * where more are asked for: they would wait for each other); default the physical cores.
         *
         * @param value the value
         * @return this
         */
        public Builder threads(int value) {
            threads = value;
            return this;
        }

        /**
         * Compute threads for a decode of several tokens, bounded as {@link #threads} is; default the physical cores.
         *
         * @param value the value
         * @return this
         */
        public Builder batchThreads(int value) {
            batchThreads = value;
            return this;
        }

        /**
         * How embeddings of tokens become one of a sequence; default {@link Pooling#UNSPECIFIED}.
         *
         * @param value the value
         * @return this
         */
        public Builder pooling(Pooling value) {
            pooling = value;
            return this;
        }

        /**
         * Which tokens a token attends to; default {@link AttentionType#UNSPECIFIED}.
         *
         * @param value the value
         * @return this
         */
        public Builder attention(AttentionType value) {
            attention = value;
            return this;
        }

        /**
         * Whether attention runs as one fused operation; default {@link FlashAttention#AUTO}.
         *
         * @param value the value
         * @return this
         */
        public Builder flashAttention(FlashAttention value) {
            flashAttention = value;
            return this;
        }

        /**
         * Number format of the K cache; default {@link KvType#F16}. BF16, and quantized formats in models whose heads have no
         * multiple of 64 values, allow no {@link dev.tokapu.text.ContextShift}.
         *
         * @param value the value
         * @return this
         */
        public Builder keyType(KvType value) {
            keyType = value;
            return this;
        }

        /**
         * Number format of the V cache; quantized ones need flash attention; default {@link KvType#F16}.
         *
         * @param value the value
         * @return this
         */
        public Builder valueType(KvType value) {
            valueType = value;
            return this;
        }

        /**
         * Whether embeddings are made, for embedding models; default false.
         *
         * @param value the value
         * @return this
         */
        public Builder embeddings(boolean value) {
            embeddings = value;
            return this;
        }

        /**
         * Whether attention and the KV cache live on the device of their layer; default true.
         *
         * @param value the value
         * @return this
         */
        public Builder offloadKqv(boolean value) {
            offloadKqv = value;
            return this;
        }

        /**
         * Whether operations on host tensors run on a device where that is faster; default true.
         *
         * @param value the value
         * @return this
         */
        public Builder opOffload(boolean value) {
            opOffload = value;
            return this;
        }

        /**
         * Whether layers with a sliding window get a cache of full size, which keeps old tokens removable; default
         * true.
         *
         * @param value the value
         * @return this
         */
        public Builder swaFull(boolean value) {
            swaFull = value;
            return this;
        }

        /**
         * Whether all sequences share one buffer: sharing prefixes is free then, unrelated sequences are slower;
         * default false.
         *
         * @param value the value
         * @return this
         */
        public Builder kvUnified(boolean value) {
            kvUnified = value;
            return this;
        }

        /**
         * How long idle compute threads spin before they sleep, 0 to 100; 0 spends the least energy; default 50.
         *
         * @param value the value
         * @return this
         */
        public Builder poll(int value) {
            poll = value;
            return this;
        }

        /**
         * How positions are encoded; default {@link RopeOptions#defaults()}.
         *
         * @param value the value
         * @return this
         */
        public Builder rope(RopeOptions value) {
            rope = value;
            return this;
        }

        /**
         * The options.
         *
         * @return the options
         * @throws IllegalArgumentException when a value is out of range
         */
        public ContextOptions build() {
            return new ContextOptions(
                    contextSize,
                    batchSize,
                    microBatchSize,
                    maxSequences,
                    recurrentSnapshots,
                    outputsMax,
                    outputsMaxPerSequence,
                    threads,
                    batchThreads,
                    pooling,
                    attention,
                    flashAttention,
                    keyType,
                    valueType,
                    embeddings,
                    offloadKqv,
                    opOffload,
                    swaFull,
                    kvUnified,
                    poll,
                    rope);
        }
    }
}
