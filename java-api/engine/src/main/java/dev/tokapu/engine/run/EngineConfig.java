package dev.tokapu.engine.run;

import dev.tokapu.ContextOptions;
import dev.tokapu.engine.schedule.SchedulerConfig;
import dev.tokapu.internal.util.Durations;
import java.time.Duration;

/**
 * What the options of an engine come to for a model.
 *
 * <p>Thread safety: immutable.
 */
public final class EngineConfig {

    private static final int GROUP_STEPS = 8;
    private static final int MOST_SEQUENCES = 256; // of llama.cpp
    private static final int COPIED_TOKENS = 32; // at least; a copy is one of the whole buffer
    private static final int COPIED_PART = 128; // of the buffer: so much is as fast to compute as the buffer to copy
    private static final int SHARED_TOKENS = 16; // what is not worth another sequence
    private static final int PADDED_STEP = 64; // tokens, at most
    private static final int CHUNK_ON_GPU = 4; // tokens that take hardly longer than one; on a CPU each costs as much

    private final ContextOptions context;
    private final int maxSequences;
    private final int sequenceContextSize;
    private final int queueCapacity;
    private final Duration aging;
    private final StepLimit stepLimit;
    private final int maxPrefillTokens;
    private final int samplingThreads;
    private final int scoredRows;
    private final boolean unified;
    private final boolean truncatesExactly;
    private final boolean samplesOnDevice;
    private final boolean gpu;
    private final int microBatchCost;
    private final int kvTokens;
    private final int keptSequences;
    private final boolean caches;
    private final boolean trimsKept;
    private final long hostBytes;
    private final boolean savesAhead;
    private final boolean savesAll;

    private EngineConfig(Builder builder) {
        context = builder.context;
        maxSequences = builder.maxSequences;
        sequenceContextSize = builder.sequenceContextSize;
        queueCapacity = builder.queueCapacity;
        aging = builder.aging;
        stepLimit = builder.stepLimit;
        maxPrefillTokens = builder.maxPrefillTokens;
        samplingThreads = builder.samplingThreads;
        scoredRows = builder.scoredRows;
        unified = builder.unified;
        truncatesExactly = builder.truncatesExactly;
        samplesOnDevice = builder.samplesOnDevice;
        gpu = builder.gpu;
        microBatchCost = builder.microBatchCost;
        kvTokens = builder.kvTokens == 0 ? Math.multiplyExact(maxSequences, sequenceContextSize) : builder.kvTokens;
        caches = builder.caches && !context.embeddings();
        trimsKept = truncatesExactly && builder.trimsKept;
        hostBytes = caches ? builder.hostBytes : 0;
        savesAhead = builder.savesAhead;
        savesAll = builder.savesAll;
        keptSequences = caches && unified && trimsKept ? builder.keptSequences : 0;
    }

    public static Builder builder(ContextOptions context, int maxSequences, int sequenceContextSize) {
        return new Builder(context, maxSequences, sequenceContextSize);
    }

    public int maxSequences() {
        return maxSequences;
    }

    /** Sequences of the context: the live ones, and with a unified KV cache the kept ones. */
    public int contextSequences() {
        int most = Math.min(MOST_SEQUENCES, Math.min(batchTokens(), kvTokens));
        int outputs = context.outputsMax() == 0 ? most : Math.min(most, context.outputsMax());
        return Math.max(maxSequences, Math.min(outputs, maxSequences + keptSequences));
    }

    /** Whether what was computed is kept for requests that begin with it. */
    public boolean caches() {
        return caches;
    }

    /** Whether the end of a kept sequence can be removed. */
    boolean trimsKept() {
        return trimsKept;
    }

    /** Host memory for what is evicted. */
    long hostBytes() {
        return hostBytes;
    }

    /** Whether all that is evicted is saved there, whatever it takes. */
    boolean savesAll() {
        return savesAll;
    }

    /** Tokens of a prompt that are worth a copy. */
    int smallestMatch() {
        return unified ? SHARED_TOKENS : Math.max(COPIED_TOKENS, sequenceContextSize / COPIED_PART);
    }

    public int sequenceContextSize() {
        return sequenceContextSize;
    }

    public int queueCapacity() {
        return queueCapacity;
    }

    int maxPrefillTokens() {
        return maxPrefillTokens;
    }

    public int samplingThreads() {
        return samplingThreads;
    }

    public boolean unified() {
        return unified;
    }

    public boolean samplesOnDevice() {
        return samplesOnDevice;
    }

    /** Rows of logits that scores of one step may have. */
    public int scoredRows() {
        return scoredRows;
    }

    public boolean embeds() {
        return context.embeddings();
    }

    /** Prefill tokens plus one token for each sequence, so that decoding does not shorten a prompt of a micro-batch. */
    int batchTokens() {
        return embeds() ? maxPrefillTokens : maxPrefillTokens + maxSequences;
    }

    public ContextOptions contextOptions() {
        return context.toBuilder()
                // A smaller context would cut the micro-batch, which is to be a multiple of the number of sequences.
                .contextSize(embeds() ? Math.max(kvTokens, maxPrefillTokens) : kvTokens)
                .maxSequences(contextSequences())
                .batchSize(batchTokens())
                .microBatchSize(embeds() ? maxPrefillTokens : context.microBatchSize())
                .kvCache(kv -> kv.unified(unified))
                .build();
    }

    /** Whether no step with a prompt has the shape of the last one; a sampler on the device would draw for an output more. */
    boolean variesSteps() {
        return gpu && !samplesOnDevice;
    }

    ChunkSizeController chunkSizes() {
        return new ChunkSizeController(maxSequences, stepLimit, gpu ? CHUNK_ON_GPU : 1, unified);
    }

    /**
     * The context may have a little more room than was asked for: llama.cpp rounds up. Padding is for models whose memory gives tokens back,
     * and for steps that are one micro-batch then.
     */
    public SchedulerConfig schedulerConfig() {
        boolean pads = truncatesExactly && context.microBatchSize() >= PADDED_STEP;
        return SchedulerConfig.builder(maxSequences, sequenceContextSize, batchTokens())
                .prefixCache(contextSequences(), caches ? smallestMatch() : 0, trimsKept)
                .host(hostBytes, savesAhead)
                .kvTokens(kvTokens)
                .shared(unified)
                .queue(maxSequences + queueCapacity)
                .agingNanos(Durations.of(aging))
                .groupSteps(GROUP_STEPS)
                .outputs(scoredRows)
                .gap(microBatchCost)
                .padding(pads ? microBatchCost : 0)
                .build();
    }

    /**
     * A builder for {@link EngineConfig}.
     *
     * <p>Thread safety: confined.
     */
    public static final class Builder {

        private final ContextOptions context;
        private final int maxSequences;
        private final int sequenceContextSize;
        private int queueCapacity = 1;
        private Duration aging = Duration.ofSeconds(10);
        private StepLimit stepLimit = new StepLimit(3, Duration.ZERO);
        private int maxPrefillTokens = 1;
        private int samplingThreads = 1;
        private int scoredRows = 1;
        private boolean unified;
        private boolean truncatesExactly;
        private boolean samplesOnDevice;
        private boolean gpu;
        private int microBatchCost;
        private int kvTokens;
        private int keptSequences;
        private boolean caches;
        private boolean trimsKept;
        private long hostBytes;
        private boolean savesAhead;
        private boolean savesAll;

        private Builder(ContextOptions context, int maxSequences, int sequenceContextSize) {
            this.context = context;
            this.maxSequences = maxSequences;
            this.sequenceContextSize = sequenceContextSize;
        }

        /** How many requests wait at most, and for how long they wait for one priority more. */
        public Builder queue(int capacity, Duration onePriority) {
            queueCapacity = capacity;
            aging = onePriority;
            return this;
        }

        public Builder stepLimit(double maxDecodeSlowdown, Duration interTokenLatencyTarget) {
            stepLimit = new StepLimit(maxDecodeSlowdown, interTokenLatencyTarget);
            return this;
        }

        public Builder maxPrefillTokens(int tokens) {
            maxPrefillTokens = tokens;
            return this;
        }

        /** Where tokens are chosen: on the device, as far as it can, or on so many threads. */
        public Builder sampling(boolean onDevice, int threads) {
            samplesOnDevice = onDevice;
            samplingThreads = threads;
            return this;
        }

        public Builder scoredRows(int most) {
            scoredRows = most;
            return this;
        }

        /** The KV cache: one for all sequences or one for each, and whether it can forget any token. */
        public Builder memory(boolean isUnified, boolean canTruncate) {
            unified = isUnified;
            truncatesExactly = canTruncate;
            return this;
        }

        /** Steps as on a GPU, where a micro-batch costs as much as so many tokens. */
        public Builder gpu(int costOfMicroBatch) {
            gpu = true;
            microBatchCost = costOfMicroBatch;
            return this;
        }

        /** Tokens of a unified KV cache; 0 for as many as all sequences may have. */
        public Builder kvTokens(int tokens) {
            kvTokens = tokens;
            return this;
        }

        /**
         * Turns the prefix cache on, with so many kept sequences in addition to the live ones if the KV cache is unified; hasAll: whether
         * a sequence has all its tokens. Behind a sliding window their cells may have been given to others.
         */
        public Builder prefixCache(int sequences, boolean hasAll) {
            caches = true;
            keptSequences = sequences;
            trimsKept = hasAll;
            return this;
        }

        /** Host memory for what is evicted, whether all of it is saved, and whether that is done while there is nothing else to do, too. */
        public Builder host(long bytes, boolean all, boolean ahead) {
            hostBytes = bytes;
            savesAll = all;
            savesAhead = ahead;
            return this;
        }

        public EngineConfig build() {
            return new EngineConfig(this);
        }
    }
}
