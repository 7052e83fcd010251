package dev.tokapu.engine;

import dev.tokapu.ContextOptions;
import dev.tokapu.internal.util.Checks;
import java.time.Duration;
import java.util.Objects;

/**
 * Settings of an {@link Engine}.
 *
 * <p>Thread safety: immutable.
 *
 * @param context context settings; context size, sequence count and sharing of the KV cache are overridden by the options below
 * @param maxSequences answers that decode at the same time, 1 to 256
 * @param sequenceContextSize longest request in tokens, prompt and answer; 0 for 4096, or the model's training context if that is less
 * @param kvLayout how sequences share the KV cache
 * @param queueCapacity bound of the queue of waiting requests; further ones are rejected
 * @param maxDecodeSlowdown upper bound for a mixed prefill and decode step, as a multiple of a decode-only step; 1.1 or more, kept approximately. Lower favors inter-token latency, higher favors time to first token
 * @param maxPrefillTokens prompt tokens per step at most; 0 for a micro-batch
 * @param aging a request gains one priority level per this much waiting
 * @param sampling where tokens are chosen
 * @param samplingThreads threads that choose tokens, 1 to 512; 0 for as many as the machine has cores, at most 16
 * @param watchdog step time after which a step is reported as hanging
 * @param listener receives the engine's events
 * @since 0.1
 */
public record EngineOptions(
        ContextOptions context,
        int maxSequences,
        int sequenceContextSize,
        KvCacheLayout kvLayout,
        int queueCapacity,
        double maxDecodeSlowdown,
        int maxPrefillTokens,
        Duration aging,
        SamplingDevice sampling,
        int samplingThreads,
        Duration watchdog,
        EngineListener listener) {

    private static final EngineOptions DEFAULTS = builder().build();

    /** Checks the values. */
    public EngineOptions {
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(kvLayout, "kvLayout");
        Objects.requireNonNull(sampling, "sampling");
        Objects.requireNonNull(listener, "listener");
        Checks.between("maxSequences", maxSequences, 1, 256);
        Checks.between("sequenceContextSize", sequenceContextSize, 0, Integer.MAX_VALUE);
        Checks.between("queueCapacity", queueCapacity, 1, 10_000_000);
        Checks.between("maxPrefillTokens", maxPrefillTokens, 0, Integer.MAX_VALUE);
        Checks.between("samplingThreads", samplingThreads, 0, 512);
        if (!(maxDecodeSlowdown >= 1.1)) {
            throw new IllegalArgumentException(
                    "maxDecodeSlowdown is " + maxDecodeSlowdown + "; it must be 1.1 or more");
        }
        Checks.positive("aging", aging);
        Checks.positive("watchdog", watchdog);
    }

    /**
     * The defaults.
     *
     * @return the options
     */
    public static EngineOptions defaults() {
        return DEFAULTS;
    }

    /**
     * A builder that starts with the defaults.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder for {@link EngineOptions}.
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
        private int queueCapacity = 1024;
        private double maxDecodeSlowdown = 3;
        private int maxPrefillTokens;
        private Duration aging = Duration.ofSeconds(10);
        private SamplingDevice sampling = SamplingDevice.AUTO;
        private int samplingThreads;
        private Duration watchdog = Duration.ofMinutes(1);
        private EngineListener listener = EngineListener.NONE;

        private Builder() {}

        /**
         * Context settings; context size, sequence count and sharing of the KV cache are overridden by the options below.
         *
         * @param value the value
         * @return this
         */
        public Builder context(ContextOptions value) {
            context = value;
            return this;
        }

        /**
         * Answers that decode at the same time, 1 to 256.
         *
         * @param value the value
         * @return this
         */
        public Builder maxSequences(int value) {
            maxSequences = value;
            return this;
        }

        /**
         * Longest request in tokens, prompt and answer; 0 for 4096, or the model's training context if that is less.
         *
         * @param value the value
         * @return this
         */
        public Builder sequenceContextSize(int value) {
            sequenceContextSize = value;
            return this;
        }

        /**
         * How sequences share the KV cache.
         *
         * @param value the value
         * @return this
         */
        public Builder kvLayout(KvCacheLayout value) {
            kvLayout = value;
            return this;
        }

        /**
         * Bound of the queue of waiting requests; further ones are rejected.
         *
         * @param value the value
         * @return this
         */
        public Builder queueCapacity(int value) {
            queueCapacity = value;
            return this;
        }

        /**
         * Upper bound for a mixed prefill and decode step, as a multiple of a decode-only step; 1.1 or more, kept approximately. Lower favors inter-token latency, higher favors time to first token.
         *
         * @param value the value
         * @return this
         */
        public Builder maxDecodeSlowdown(double value) {
            maxDecodeSlowdown = value;
            return this;
        }

        /**
         * Prompt tokens per step at most; 0 for a micro-batch.
         *
         * @param value the value
         * @return this
         */
        public Builder maxPrefillTokens(int value) {
            maxPrefillTokens = value;
            return this;
        }

        /**
         * A request gains one priority level per this much waiting.
         *
         * @param value the value
         * @return this
         */
        public Builder aging(Duration value) {
            aging = value;
            return this;
        }

        /**
         * Where tokens are chosen.
         *
         * @param value the value
         * @return this
         */
        public Builder sampling(SamplingDevice value) {
            sampling = value;
            return this;
        }

        /**
         * Threads that choose tokens, 1 to 512; 0 for as many as the machine has cores, at most 16.
         *
         * @param value the value
         * @return this
         */
        public Builder samplingThreads(int value) {
            samplingThreads = value;
            return this;
        }

        /**
         * Step time after which a step is reported as hanging.
         *
         * @param value the value
         * @return this
         */
        public Builder watchdog(Duration value) {
            watchdog = value;
            return this;
        }

        /**
         * Receives the engine's events.
         *
         * @param value the value
         * @return this
         */
        public Builder listener(EngineListener value) {
            listener = value;
            return this;
        }

        /**
         * The options.
         *
         * @return the options
         * @throws IllegalArgumentException when a value is out of range
         */
        public EngineOptions build() {
            return new EngineOptions(
                    context,
                    maxSequences,
                    sequenceContextSize,
                    kvLayout,
                    queueCapacity,
                    maxDecodeSlowdown,
                    maxPrefillTokens,
                    aging,
                    sampling,
                    samplingThreads,
                    watchdog,
                    listener);
        }
    }
}
