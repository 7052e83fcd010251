package dev.tokapu.engine;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.internal.util.NamedValues;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an {@link Engine}.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class EngineOptions {

    private static final int MOST_SEQUENCES = 1 << 16;
    static final int MOST_WAITING = 10_000_000;
    private static final Duration LONGEST_TARGET = Duration.ofMinutes(1);
    private static final EngineOptions DEFAULTS = builder().build();

    private final ContextOptions context;
    private final int maxSequences;
    private final int sequenceContextSize;
    private final KvCacheLayout kvLayout;
    private final int kvTokens;
    private final PrefixCacheOptions prefixCache;
    private final int queueCapacity;
    private final double maxDecodeSlowdown;
    private final Duration interTokenLatencyTarget;
    private final int maxPrefillTokens;
    private final Duration aging;
    private final SamplingDevice sampling;
    private final int samplingThreads;
    private final Duration watchdog;
    private final EngineListener listener;
    private final @Nullable String chatTemplate;
    private final @Nullable Model draftModel;
    private final Speculation speculation;

    private EngineOptions(Builder builder) {
        context = builder.context;
        maxSequences = builder.maxSequences;
        sequenceContextSize = builder.sequenceContextSize;
        kvLayout = builder.kvLayout;
        kvTokens = builder.kvTokens;
        prefixCache = builder.prefixCache;
        queueCapacity = builder.queueCapacity;
        maxDecodeSlowdown = builder.maxDecodeSlowdown;
        interTokenLatencyTarget = builder.interTokenLatencyTarget;
        maxPrefillTokens = builder.maxPrefillTokens;
        aging = builder.aging;
        sampling = builder.sampling;
        samplingThreads = builder.samplingThreads;
        watchdog = builder.watchdog;
        listener = builder.listener;
        chatTemplate = builder.chatTemplate;
        draftModel = builder.draftModel;
        speculation = builder.speculation;
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(kvLayout, "kvLayout");
        Objects.requireNonNull(prefixCache, "prefixCache");
        Objects.requireNonNull(sampling, "sampling");
        Objects.requireNonNull(listener, "listener");
        Objects.requireNonNull(speculation, "speculation");
        Objects.requireNonNull(interTokenLatencyTarget, "interTokenLatencyTarget");
        Checks.between("maxSequences", maxSequences, 1, MOST_SEQUENCES);
        Checks.between("sequenceContextSize", sequenceContextSize, 0, Integer.MAX_VALUE);
        Checks.between("kvTokens", kvTokens, 0, Integer.MAX_VALUE);
        Checks.between("queueCapacity", queueCapacity, 1, MOST_WAITING);
        Checks.between("maxPrefillTokens", maxPrefillTokens, 0, Integer.MAX_VALUE);
        Checks.between("samplingThreads", samplingThreads, 0, 512);
        if (!(maxDecodeSlowdown >= 1.1)) {
            throw new IllegalArgumentException(
                    "maxDecodeSlowdown is " + maxDecodeSlowdown + "; it must be 1.1 or more");
        }
        if (interTokenLatencyTarget.isNegative() || interTokenLatencyTarget.compareTo(LONGEST_TARGET) > 0) {
            throw new IllegalArgumentException(
                    "interTokenLatencyTarget is " + interTokenLatencyTarget + "; it must be 0 to 1 minute");
        }
        Checks.positive("aging", aging);
        Checks.positive("watchdog", watchdog);
    }

    /** {@return the defaults} */
    public static EngineOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts from the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from these options} */
    public Builder toBuilder() {
        return new Builder()
                .context(context)
                .maxSequences(maxSequences)
                .sequenceContextSize(sequenceContextSize)
                .kvLayout(kvLayout)
                .kvTokens(kvTokens)
                .prefixCache(prefixCache)
                .queueCapacity(queueCapacity)
                .maxDecodeSlowdown(maxDecodeSlowdown)
                .interTokenLatencyTarget(interTokenLatencyTarget)
                .maxPrefillTokens(maxPrefillTokens)
                .aging(aging)
                .sampling(sampling)
                .samplingThreads(samplingThreads)
                .watchdog(watchdog)
                .listener(listener)
                .chatTemplate(chatTemplate)
                .draftModel(draftModel)
                .speculation(speculation);
    }

    /** {@return the context settings; context size, sequence count and sharing of the KV cache are overridden by these options} */
    public ContextOptions context() {
        return context;
    }

    /** {@return how many answers decode at the same time at most} */
    public int maxSequences() {
        return maxSequences;
    }

    /** {@return the longest request in tokens, prompt and answer; 0 for 4096, or the model's training context if that is less} */
    public int sequenceContextSize() {
        return sequenceContextSize;
    }

    /** {@return how sequences share the KV cache} */
    public KvCacheLayout kvLayout() {
        return kvLayout;
    }

    /** {@return tokens that a unified KV cache holds; 0 for as many as {@link #maxSequences()} of the longest requests have} */
    public int kvTokens() {
        return kvTokens;
    }

    /** {@return what is kept for requests that begin with the same tokens} */
    public PrefixCacheOptions prefixCache() {
        return prefixCache;
    }

    /** {@return the bound of the queue of waiting requests} */
    public int queueCapacity() {
        return queueCapacity;
    }

    /** {@return the upper bound for a mixed prefill and decode step, as a multiple of a decode-only step} */
    public double maxDecodeSlowdown() {
        return maxDecodeSlowdown;
    }

    /** {@return how long a mixed prefill and decode step may take even where maxDecodeSlowdown allows less} */
    public Duration interTokenLatencyTarget() {
        return interTokenLatencyTarget;
    }

    /** {@return the most prompt tokens per step; 0 for a micro-batch} */
    public int maxPrefillTokens() {
        return maxPrefillTokens;
    }

    /** {@return how much waiting gains a request one priority level} */
    public Duration aging() {
        return aging;
    }

    /** {@return where tokens are chosen} */
    public SamplingDevice sampling() {
        return sampling;
    }

    /** {@return the threads that choose tokens; 0 for as many as the machine has cores, at most 16} */
    public int samplingThreads() {
        return samplingThreads;
    }

    /** {@return the step time after which a step is reported as hanging} */
    public Duration watchdog() {
        return watchdog;
    }

    /** {@return what receives the engine's events} */
    public EngineListener listener() {
        return listener;
    }

    /** {@return the template of conversations, as Jinja; null for the model's own} */
    public @Nullable String chatTemplate() {
        return chatTemplate;
    }

    /** {@return the model that drafts for requests with {@link Speculation#draft()}; null for none} */
    public @Nullable Model draftModel() {
        return draftModel;
    }

    /** {@return how tokens are drafted for requests that do not say so themselves} */
    public Speculation speculation() {
        return speculation;
    }

    private NamedValues values() {
        return new NamedValues("EngineOptions")
                .with("context", context)
                .with("maxSequences", maxSequences)
                .with("sequenceContextSize", sequenceContextSize)
                .with("kvLayout", kvLayout)
                .with("kvTokens", kvTokens)
                .with("prefixCache", prefixCache)
                .with("queueCapacity", queueCapacity)
                .with("maxDecodeSlowdown", maxDecodeSlowdown)
                .with("interTokenLatencyTarget", interTokenLatencyTarget)
                .with("maxPrefillTokens", maxPrefillTokens)
                .with("aging", aging)
                .with("sampling", sampling)
                .with("samplingThreads", samplingThreads)
                .with("watchdog", watchdog)
                .with("listener", listener)
                .with("chatTemplate", chatTemplate)
                .with("draftModel", draftModel)
                .with("speculation", speculation);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EngineOptions that && values().equals(that.values());
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
     * Builds {@link EngineOptions}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder {

        private ContextOptions context = ContextOptions.defaults();
        private int maxSequences = 8;
        private int sequenceContextSize;
        private KvCacheLayout kvLayout = KvCacheLayout.AUTO;
        private int kvTokens;
        private PrefixCacheOptions prefixCache = PrefixCacheOptions.defaults();
        private int queueCapacity = 1024;
        private double maxDecodeSlowdown = 3;
        private Duration interTokenLatencyTarget = Duration.ofMillis(25);
        private int maxPrefillTokens = 0;
        private Duration aging = Duration.ofSeconds(10);
        private SamplingDevice sampling = SamplingDevice.AUTO;
        private int samplingThreads = 0;
        private Duration watchdog = Duration.ofMinutes(1);
        private EngineListener listener = EngineListener.NONE;
        private @Nullable String chatTemplate;
        private @Nullable Model draftModel;
        private Speculation speculation = Speculation.none();

        private Builder() {}

        /**
         * Context settings; context size, sequence count and sharing of the KV cache are overridden by the options below;
         * default {@link ContextOptions#defaults()}.
         */
        public Builder context(ContextOptions value) {
            context = value;
            return this;
        }

        /**
         * Answers that decode at the same time, or texts that are embedded in a step, 1 to 65,536; default 8. A context has 256 at most: with
         * more the engine has several over its model, as it has with several models, and each gets an equal part of these, of
         * {@link #kvTokens} and of {@link #prefixCache}.
         */
        public Builder maxSequences(int value) {
            maxSequences = value;
            return this;
        }

        /**
         * Longest request in tokens, prompt and answer; default 0, which is 4096, or the model's training context if that is
         * less.
         */
        public Builder sequenceContextSize(int value) {
            sequenceContextSize = value;
            return this;
        }

        /** How sequences share the KV cache; default {@link KvCacheLayout#AUTO}. */
        public Builder kvLayout(KvCacheLayout value) {
            kvLayout = value;
            return this;
        }

        /**
         * Tokens that the KV cache holds with {@link KvCacheLayout#UNIFIED}, at least {@link #sequenceContextSize}. Less than default, for
         * memory's sake, lets more sequences generate than would fit if all were as long as they may be: when it is full, the last request
         * in order waits and is computed again. Default 0, {@code maxSequences * sequenceContextSize}.
         */
        public Builder kvTokens(int value) {
            kvTokens = value;
            return this;
        }

        /** What is kept for requests that begin with the same tokens; default {@link PrefixCacheOptions#defaults()}. */
        public Builder prefixCache(PrefixCacheOptions value) {
            prefixCache = value;
            return this;
        }

        /** Bound of the queue of waiting requests, 1 to 10,000,000; further ones are rejected; default 1024. */
        public Builder queueCapacity(int value) {
            queueCapacity = value;
            return this;
        }

        /**
         * Upper bound for a mixed prefill and decode step, as a multiple of a decode-only step; 1.1 or more, kept
         * approximately. Lower favors inter-token latency, higher favors time to first token; default 3. Steps with prompts that
         * take less than {@link #interTokenLatencyTarget} are not bound by it, steps with drafts always are.
         */
        public Builder maxDecodeSlowdown(double value) {
            maxDecodeSlowdown = value;
            return this;
        }

        /**
         * Time that a mixed prefill and decode step may take even where {@link #maxDecodeSlowdown} allows less, kept
         * approximately: an inter-token latency that is short enough for readers; 0 to 1 minute, default 25 ms, which are 40
         * tokens/s. With 0 a fast GPU, whose steps take some milliseconds, reads prompts beside one answer several times slower.
         */
        public Builder interTokenLatencyTarget(Duration value) {
            interTokenLatencyTarget = value;
            return this;
        }

        /** Prompt tokens per step at most; default 0, a micro-batch. */
        public Builder maxPrefillTokens(int value) {
            maxPrefillTokens = value;
            return this;
        }

        /** A request gains one priority level per this much waiting; default 10 seconds. */
        public Builder aging(Duration value) {
            aging = value;
            return this;
        }

        /** Where tokens are chosen; default {@link SamplingDevice#AUTO}. */
        public Builder sampling(SamplingDevice value) {
            sampling = value;
            return this;
        }

        /** Threads that choose tokens, 1 to 512; default 0, as many as the machine has cores, at most 16. */
        public Builder samplingThreads(int value) {
            samplingThreads = value;
            return this;
        }

        /** Step time after which a step is reported as hanging; default a minute. */
        public Builder watchdog(Duration value) {
            watchdog = value;
            return this;
        }

        /** Receives the engine's events; default {@link EngineListener#NONE}. */
        public Builder listener(EngineListener value) {
            listener = value;
            return this;
        }

        /** The template of conversations that requests hold, as Jinja; default null, the model's own. */
        public Builder chatTemplate(@Nullable String value) {
            chatTemplate = value;
            return this;
        }

        /**
         * A small model with the same vocabulary, which drafts for requests with {@link Speculation#draft()}; default null. It may be an EAGLE-3 draft model
         * (architecture {@code eagle3}) that was trained for the engine's model. The engine has a
         * context of its own for it, with the settings of {@link #context}, and neither closes it nor needs it open once it has started.
         */
        public Builder draftModel(@Nullable Model value) {
            draftModel = value;
            return this;
        }

        /**
         * How tokens are drafted for requests that do not say so themselves; default {@link Speculation#none()}. With {@link Speculation#mtp()} the engine makes
         * the model's MTP heads ready, for other requests, too.
         */
        public Builder speculation(Speculation value) {
            speculation = value;
            return this;
        }

        /**
         * {@return the options}
         *
         * @throws IllegalArgumentException when a value is out of range
         */
        public EngineOptions build() {
            return new EngineOptions(this);
        }
    }
}
