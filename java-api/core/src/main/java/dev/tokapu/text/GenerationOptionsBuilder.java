package dev.tokapu.text;

import dev.tokapu.sampling.Sampler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link GenerationOptions} as every builder has them whose options say how a text is generated.
 *
 * <p>What is not set stays as the model wants it, or, where the options override others, as those have it. Samplers are the whole of
 * how tokens are chosen: with them, seed, temperature, topK, topP, minP and repeatPenalty may not be set.
 *
 * <p>Thread safety: confined.
 *
 * @param <B> the builder
 * @since 0.1
 */
public abstract class GenerationOptionsBuilder<B extends GenerationOptionsBuilder<B>> {

    @Nullable
    List<Sampler> samplers;

    @Nullable
    Integer seed;

    @Nullable
    Float temperature;

    @Nullable
    Integer topK;

    @Nullable
    Float topP;

    @Nullable
    Float minP;

    @Nullable
    Float repeatPenalty;

    @Nullable
    Integer maxTokens;

    @Nullable
    List<String> stops;

    @Nullable
    List<StoppingCriterion> stoppingCriteria;

    @Nullable
    Integer logProbabilities;

    @Nullable
    Boolean ignoreEnd;

    /** Nothing is set. */
    protected GenerationOptionsBuilder() {}

    /**
     * The builder.
     *
     * @return this
     */
    protected abstract B self();

    /**
     * What was set.
     *
     * @return the options
     * @throws IllegalArgumentException when a value is out of range, or samplers were set and single values, too
     */
    protected GenerationOptions generationOptions() {
        return new GenerationOptions(this);
    }

    /**
     * Sets all of it, in place of what was set.
     *
     * @param value the options
     * @return this
     */
    public B generation(GenerationOptions value) {
        samplers = value.samplers;
        seed = value.seed;
        temperature = value.temperature;
        topK = value.topK;
        topP = value.topP;
        minP = value.minP;
        repeatPenalty = value.repeatPenalty;
        maxTokens = value.maxTokens;
        stops = value.stops;
        stoppingCriteria = value.stoppingCriteria;
        logProbabilities = value.logProbabilities;
        ignoreEnd = value.ignoreEnd;
        return self();
    }

    /** Sets what others set; their samplers take the place of all single values. */
    void override(GenerationOptions other) {
        if (other.samplers != null) {
            seed = null;
            temperature = null;
            topK = null;
            topP = null;
            minP = null;
            repeatPenalty = null;
        }
        samplers = or(other.samplers, samplers);
        seed = or(other.seed, seed);
        temperature = or(other.temperature, temperature);
        topK = or(other.topK, topK);
        topP = or(other.topP, topP);
        minP = or(other.minP, minP);
        repeatPenalty = or(other.repeatPenalty, repeatPenalty);
        maxTokens = or(other.maxTokens, maxTokens);
        stops = or(other.stops, stops);
        stoppingCriteria = or(other.stoppingCriteria, stoppingCriteria);
        logProbabilities = or(other.logProbabilities, logProbabilities);
        ignoreEnd = or(other.ignoreEnd, ignoreEnd);
    }

    private static <T> @Nullable T or(@Nullable T value, @Nullable T otherwise) {
        return value == null ? otherwise : value;
    }

    /**
     * Replaces the model's samplers ({@link Sampler#modelDefaults}). Grammars are samplers, too.
     *
     * @param value one or more; the last one selects
     * @return this
     */
    public B samplers(List<? extends Sampler> value) {
        samplers = List.copyOf(value);
        return self();
    }

    /**
     * Replaces the model's samplers ({@link Sampler#modelDefaults}). Grammars are samplers, too.
     *
     * @param value one or more; the last one selects
     * @return this
     */
    public B samplers(Sampler... value) {
        return samplers(List.of(value));
    }

    /**
     * Sets the seed; of several answers to one request each has random numbers of its own.
     *
     * @param value the seed, or {@link Sampler#RANDOM_SEED}, which is the default
     * @return this
     */
    public B seed(int value) {
        seed = value;
        return self();
    }

    /**
     * Sets the temperature.
     *
     * @param value 0 or more, as the model says or 0.8 unless set; 0 always takes the most likely token
     * @return this
     */
    public B temperature(double value) {
        temperature = (float) value;
        return self();
    }

    /**
     * Sets how many of the likeliest tokens are left to choose from.
     *
     * @param value 0 or more tokens, as the model says or 40 unless set; 0 for all
     * @return this
     */
    public B topK(int value) {
        topK = value;
        return self();
    }

    /**
     * Leaves the likeliest tokens that have this probability together (nucleus sampling).
     *
     * @param value 0 to 1, as the model says or 0.95 unless set; 1 for all
     * @return this
     */
    public B topP(double value) {
        topP = (float) value;
        return self();
    }

    /**
     * Leaves the tokens that are at least this likely, compared with the likeliest.
     *
     * @param value 0 to 1, as the model says or 0.05 unless set; 0 for all
     * @return this
     */
    public B minP(double value) {
        minP = (float) value;
        return self();
    }

    /**
     * Makes tokens less likely that were there among the last 64 (or as many as the model says).
     *
     * @param value above 0, as the model says or 1 unless set; 1 for no penalty
     * @return this
     */
    public B repeatPenalty(double value) {
        repeatPenalty = (float) value;
        return self();
    }

    /**
     * Limits the length.
     *
     * @param value tokens to generate at most, or {@link GenerationOptions#UNLIMITED}, the default
     * @return this
     */
    public B maxTokens(int value) {
        maxTokens = value;
        return self();
    }

    /**
     * Sets the stop strings.
     *
     * @param value texts that end the answer and are not part of it
     * @return this
     */
    public B stops(List<String> value) {
        stops = List.copyOf(value);
        return self();
    }

    /**
     * Sets the stop strings.
     *
     * @param value texts that end the answer and are not part of it
     * @return this
     */
    public B stops(String... value) {
        return stops(List.of(value));
    }

    /**
     * Sets what ends the answer besides stop strings and limits; what was generated stays.
     *
     * @param value asked after each token, in this order
     * @return this
     */
    public B stoppingCriteria(List<? extends StoppingCriterion> value) {
        stoppingCriteria = List.copyOf(value);
        return self();
    }

    /**
     * Sets what ends the answer besides stop strings and limits; what was generated stays.
     *
     * @param value asked after each token, in this order
     * @return this
     */
    public B stoppingCriteria(StoppingCriterion... value) {
        return stoppingCriteria(List.of(value));
    }

    /**
     * Asks for log-probabilities: {@link TextStream#logProbabilities()} tells them. Sampling stays with the CPU then.
     *
     * @param value how many of the likeliest tokens to report for each generated one, 0 to 1000; 0, the default, for no report
     * @return this
     */
    public B logProbabilities(int value) {
        logProbabilities = value;
        return self();
    }

    /**
     * Sets whether the model's own end is ignored, for measurements.
     *
     * @param value false unless set
     * @return this
     */
    public B ignoreEnd(boolean value) {
        ignoreEnd = value;
        return self();
    }
}
