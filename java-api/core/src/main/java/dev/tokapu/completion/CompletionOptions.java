package dev.tokapu.completion;

import dev.tokapu.ContextOptions;
import dev.tokapu.internal.text.GenerationChecks;
import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.StoppingCriterion;
import dev.tokapu.text.TextStream;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@link Completion#of(dev.tokapu.Model, String, CompletionOptions)}.
 *
 * <p>Thread safety: immutable.
 *
 * @param context settings of the context that the completion makes for itself
 * @param samplers how tokens are chosen, in order; the last one selects
 * @param maxTokens tokens to generate at most; {@link #UNLIMITED} for as many as fit
 * @param stops texts that end the completion and are not part of it
 * @param stoppingCriteria what else ends the completion; what was generated stays
 * @param logProbabilities how many of the likeliest tokens {@link TextStream#logProbabilities()} reports for each generated one; 0
 *     for no report
 * @param contextShift what to forget when the text fills the context
 * @param parseSpecial whether the text of control tokens in the prompt becomes those tokens; never for text that users typed
 * @since 0.1
 */
public record CompletionOptions(
        ContextOptions context,
        List<Sampler> samplers,
        int maxTokens,
        List<String> stops,
        List<StoppingCriterion> stoppingCriteria,
        int logProbabilities,
        ContextShift contextShift,
        boolean parseSpecial) {

    /** Generate until the model ends the text or the context is full. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** Checks the values. */
    public CompletionOptions {
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(contextShift, "contextShift");
        samplers = List.copyOf(samplers);
        stops = List.copyOf(stops);
        stoppingCriteria = List.copyOf(stoppingCriteria);
        GenerationChecks.check(samplers, maxTokens, stops);
        GenerationChecks.checkLogProbabilities(logProbabilities);
    }

    /**
     * The samplers that the model asks for ({@link Sampler#modelDefaults}) with a random seed, no limit, no stop strings.
     *
     * @return the options
     */
    public static CompletionOptions defaults() {
        return builder().build();
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
     * A builder for {@link CompletionOptions}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder {

        private ContextOptions context = ContextOptions.defaults();
        private @Nullable List<Sampler> samplers;
        private int seed = Sampler.RANDOM_SEED;
        private @Nullable Float temperature;
        private int maxTokens = UNLIMITED;
        private List<String> stops = List.of();
        private List<StoppingCriterion> stoppingCriteria = List.of();
        private int logProbabilities;
        private ContextShift contextShift = ContextShift.none();
        private boolean parseSpecial;

        private Builder() {}

        /**
         * Sets the context's settings.
         *
         * @param value the settings
         * @return this
         */
        public Builder context(ContextOptions value) {
            context = value;
            return this;
        }

        /**
         * Sets the samplers; seed and temperature of this builder mean nothing then.
         *
         * @param value one or more; the last one selects
         * @return this
         */
        public Builder samplers(List<? extends Sampler> value) {
            samplers = List.copyOf(value);
            return this;
        }

        /**
         * Sets the samplers; seed and temperature of this builder mean nothing then.
         *
         * @param value one or more; the last one selects
         * @return this
         */
        public Builder samplers(Sampler... value) {
            return samplers(List.of(value));
        }

        /**
         * Sets the seed of the default samplers.
         *
         * @param value the seed, or {@link Sampler#RANDOM_SEED}
         * @return this
         */
        public Builder seed(int value) {
            seed = value;
            return this;
        }

        /**
         * Sets the temperature of the default samplers.
         *
         * @param value 0 or more, as the model says or 0.8 unless set; 0 always takes the most likely token
         * @return this
         */
        public Builder temperature(float value) {
            temperature = value;
            return this;
        }

        /**
         * Limits the length.
         *
         * @param value tokens to generate at most, or {@link #UNLIMITED}
         * @return this
         */
        public Builder maxTokens(int value) {
            maxTokens = value;
            return this;
        }

        /**
         * Sets the stop strings.
         *
         * @param value texts that end the completion
         * @return this
         */
        public Builder stops(List<String> value) {
            stops = List.copyOf(value);
            return this;
        }

        /**
         * Sets the stop strings.
         *
         * @param value texts that end the completion
         * @return this
         */
        public Builder stops(String... value) {
            return stops(List.of(value));
        }

        /**
         * Sets what ends the completion besides stop strings and limits; what was generated stays.
         *
         * @param value asked after each token, in this order
         * @return this
         */
        public Builder stoppingCriteria(StoppingCriterion... value) {
            stoppingCriteria = List.of(value);
            return this;
        }

        /**
         * Asks for log-probabilities: {@link TextStream#logProbabilities()} tells them. Sampling stays with the CPU then.
         *
         * @param value how many of the likeliest tokens to report for each generated one, 0 to 1000; 0, the default, for no report
         * @return this
         */
        public Builder logProbabilities(int value) {
            logProbabilities = value;
            return this;
        }

        /**
         * What to forget when the text fills the context; {@link ContextShift#none()} by default, so that the text ends.
         *
         * @param value the strategy
         * @return this
         */
        public Builder contextShift(ContextShift value) {
            contextShift = value;
            return this;
        }

        /**
         * Sets whether the text of control tokens in the prompt becomes those tokens.
         *
         * @param value never true for text that users typed
         * @return this
         */
        public Builder parseSpecial(boolean value) {
            parseSpecial = value;
            return this;
        }

        /**
         * The options.
         *
         * @return the options
         */
        public CompletionOptions build() {
            List<Sampler> chain = samplers == null ? List.of(new ModelDefaults(seed, temperature)) : samplers;
            return new CompletionOptions(
                    context, chain, maxTokens, stops, stoppingCriteria, logProbabilities, contextShift, parseSpecial);
        }
    }
}
