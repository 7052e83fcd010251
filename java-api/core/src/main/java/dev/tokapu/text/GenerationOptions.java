package dev.tokapu.text;

import dev.tokapu.sampling.Sampler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How a text is generated: how tokens are chosen, and what ends it. Unset values come from the
 * model's metadata, else from llama.cpp's defaults.
 *
 * <pre>{@code
 * GenerationOptions precise = GenerationOptions.builder().temperature(0.2).topP(0.9).maxTokens(100).build();
 * String answer = chat.ask("Why is the sky blue?", precise);
 * }</pre>
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class GenerationOptions {

    /** Generate until the model ends the text or there is no more room for it. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** Largest number of log-probabilities that is reported for each token. */
    private static final int MOST_LOG_PROBABILITIES = 1000;

    private static final GenerationOptions DEFAULTS = builder().build();

    final @Nullable List<Sampler> samplers;
    final @Nullable Integer seed;
    final @Nullable Float temperature;
    final @Nullable Integer topK;
    final @Nullable Float topP;
    final @Nullable Float minP;
    final @Nullable Float repeatPenalty;
    final @Nullable Integer maxTokens;
    final @Nullable List<String> stops;
    final @Nullable List<StoppingCriterion> stoppingCriteria;
    final @Nullable Integer logProbabilities;
    final @Nullable Boolean ignoreEnd;
    private final List<Sampler> chain;

    GenerationOptions(GenerationOptionsBuilder<?> settings) {
        samplers = settings.samplers;
        seed = settings.seed;
        temperature = settings.temperature;
        topK = settings.topK;
        topP = settings.topP;
        minP = settings.minP;
        repeatPenalty = settings.repeatPenalty;
        maxTokens = settings.maxTokens;
        stops = settings.stops;
        stoppingCriteria = settings.stoppingCriteria;
        logProbabilities = settings.logProbabilities;
        ignoreEnd = settings.ignoreEnd;
        chain = samplers == null ? List.of(SingleValues.samplers(this)) : checked(samplers);
        check();
    }

    private List<Sampler> checked(List<Sampler> all) {
        List<String> single = SingleValues.names(this);
        if (!single.isEmpty()) {
            throw new IllegalArgumentException("samplers are set, and " + single
                    + ", too; samplers are the whole of how tokens are chosen: set one or the other");
        }
        if (all.isEmpty() || !all.get(all.size() - 1).selects()) {
            throw new IllegalArgumentException("samplers are " + all
                    + "; the last one must select a token, for example Sampler.greedy() or Sampler.dist(seed)");
        }
        return all;
    }

    private void check() {
        if (maxTokens() < 0) {
            throw new IllegalArgumentException("maxTokens is " + maxTokens + "; it must be 0 or more");
        }
        if (stops().contains("")) {
            throw new IllegalArgumentException("a stop string is empty; it would match everywhere");
        }
        if (logProbabilities() < 0 || logProbabilities() > MOST_LOG_PROBABILITIES) {
            throw new IllegalArgumentException(
                    "logProbabilities is " + logProbabilities + "; it must be from 0 to " + MOST_LOG_PROBABILITIES);
        }
    }

    /**
     * The samplers that the model asks for ({@link Sampler#modelDefaults}) with a random seed, no limit, no stop strings.
     *
     * @return the options
     */
    public static GenerationOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder with nothing set} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these options} */
    public Builder toBuilder() {
        return builder().generation(this);
    }

    /**
     * These options, but for what others set: the settings of one message, for example, before those of its conversation.
     *
     * @param other what comes first
     * @return the options; samplers that others set take the place of all single values of these
     * @throws IllegalArgumentException when the others set seed, temperature, topK, topP, minP or repeatPenalty, and these have samplers
     */
    public GenerationOptions overriddenBy(GenerationOptions other) {
        List<String> single = SingleValues.names(other);
        if (samplers != null && other.samplers == null && !single.isEmpty()) {
            throw new IllegalArgumentException(single + " cannot override the samplers " + samplers
                    + "; override the samplers, or set single values in both");
        }
        Builder result = toBuilder();
        result.override(other);
        return result.build();
    }

    /**
     * The same with others before the samplers, for example a grammar that the text must match.
     *
     * @param first the samplers that come first
     * @return the options
     */
    public GenerationOptions withSamplersFirst(List<? extends Sampler> first) {
        List<Sampler> all = new ArrayList<>(first);
        all.addAll(chain);
        return overriddenBy(builder().samplers(all).build());
    }

    /** {@return the samplers that were set, else one that stands for those of the model, with the single values} */
    public List<Sampler> samplers() {
        return chain;
    }

    /** {@return the seed, empty unless set} */
    public OptionalInt seed() {
        return optional(seed);
    }

    /** {@return the temperature, empty unless set} */
    public OptionalDouble temperature() {
        return optional(temperature);
    }

    /** {@return how many of the likeliest tokens are left to choose from, empty unless set} */
    public OptionalInt topK() {
        return optional(topK);
    }

    /** {@return the probability that the tokens have together that are left to choose from, empty unless set} */
    public OptionalDouble topP() {
        return optional(topP);
    }

    /** {@return how likely tokens must be at least, compared with the likeliest, empty unless set} */
    public OptionalDouble minP() {
        return optional(minP);
    }

    /** {@return the penalty for tokens that were there before, empty unless set} */
    public OptionalDouble repeatPenalty() {
        return optional(repeatPenalty);
    }

    private static OptionalInt optional(@Nullable Integer value) {
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }

    private static OptionalDouble optional(@Nullable Float value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** {@return how many tokens to generate at most, {@link #UNLIMITED} unless set} */
    public int maxTokens() {
        return maxTokens == null ? UNLIMITED : maxTokens;
    }

    /** {@return the texts that end the answer and are not part of it} */
    public List<String> stops() {
        return stops == null ? List.of() : stops;
    }

    /** {@return what else ends the answer; what was generated stays} */
    public List<StoppingCriterion> stoppingCriteria() {
        return stoppingCriteria == null ? List.of() : stoppingCriteria;
    }

    /** {@return how many of the likeliest tokens to report for each generated one, 0 for no report} */
    public int logProbabilities() {
        return logProbabilities == null ? 0 : logProbabilities;
    }

    /** {@return whether the model's own end is ignored, false unless set} */
    public boolean ignoreEnd() {
        return ignoreEnd != null && ignoreEnd;
    }

    /** What is set to its default is not the same as what is not set: it overrides. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GenerationOptions options && values().equals(options.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    @Override
    public String toString() {
        return "GenerationOptions[samplers=" + chain + ", maxTokens=" + maxTokens() + ", stops=" + stops() + "]";
    }

    private List<@Nullable Object> values() {
        return Arrays.asList(
                samplers,
                seed,
                temperature,
                topK,
                topP,
                minP,
                repeatPenalty,
                maxTokens,
                stops,
                stoppingCriteria,
                logProbabilities,
                ignoreEnd);
    }

    /**
     * A builder for {@link GenerationOptions}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder extends GenerationOptionsBuilder<Builder> {

        private Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * The options.
         *
         * @return the options
         * @throws IllegalArgumentException when a value is out of range, or samplers were set and single values, too
         */
        public GenerationOptions build() {
            return generationOptions();
        }
    }
}
