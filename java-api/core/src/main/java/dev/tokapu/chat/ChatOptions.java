package dev.tokapu.chat;

import dev.tokapu.ContextOptions;
import dev.tokapu.internal.text.GenerationChecks;
import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.StoppingCriterion;
import dev.tokapu.text.TextStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link ChatSession}.
 *
 * <p>Thread safety: immutable.
 *
 * @param systemPrompt instructions that begin the conversation, or null for none
 * @param context settings of the context that the session makes for itself; one sequence is enough
 * @param samplers how tokens are chosen, in order; the last one selects
 * @param maxTokens tokens of one answer at most; {@link #UNLIMITED} for as many as fit
 * @param stops texts that end an answer and are not part of it
 * @param stoppingCriteria what else ends an answer; what was generated stays
 * @param contextShift what to forget when the conversation fills the context; the oldest messages go as a whole
 * @param logProbabilities how many of the likeliest tokens {@link TextStream#logProbabilities()} reports for each generated one; 0
 *     for no report
 * @param template Jinja source of the chat template, or null for the model's own
 * @param templateArguments further variables of the template
 * @param tools tools that the model is told about
 * @param enableThinking whether a model that can reason first does so
 * @since 0.1
 */
public record ChatOptions(
        @Nullable String systemPrompt,
        ContextOptions context,
        List<Sampler> samplers,
        int maxTokens,
        List<String> stops,
        List<StoppingCriterion> stoppingCriteria,
        ContextShift contextShift,
        int logProbabilities,
        @Nullable String template,
        Map<String, Object> templateArguments,
        List<ToolDefinition> tools,
        boolean enableThinking) {

    /** Generate until the model ends the answer or the context is full. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** Checks the values. */
    public ChatOptions {
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(contextShift, "contextShift");
        samplers = List.copyOf(samplers);
        stops = List.copyOf(stops);
        templateArguments = Map.copyOf(templateArguments);
        tools = List.copyOf(tools);
        stoppingCriteria = List.copyOf(stoppingCriteria);
        GenerationChecks.check(samplers, maxTokens, stops);
        GenerationChecks.checkLogProbabilities(logProbabilities);
    }

    /**
     * The samplers that the model asks for ({@link Sampler#modelDefaults}) with a random seed, no system prompt, no limit, the model's own template.
     *
     * @return the options
     */
    public static ChatOptions defaults() {
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
     * A builder for {@link ChatOptions}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder {

        private @Nullable String systemPrompt;
        private ContextOptions context = ContextOptions.defaults();
        private @Nullable List<Sampler> samplers;
        private int seed = Sampler.RANDOM_SEED;
        private @Nullable Float temperature;
        private int maxTokens = UNLIMITED;
        private List<String> stops = List.of();
        private List<StoppingCriterion> stoppingCriteria = List.of();
        private ContextShift contextShift = ContextShift.none();
        private int logProbabilities;
        private @Nullable String template;
        private Map<String, Object> templateArguments = Map.of();
        private List<ToolDefinition> tools = List.of();
        private boolean enableThinking = true;

        private Builder() {}

        /**
         * Sets the system prompt.
         *
         * @param value instructions for the whole conversation, or null for none
         * @return this
         */
        public Builder systemPrompt(@Nullable String value) {
            systemPrompt = value;
            return this;
        }

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
         * @param value texts that end an answer
         * @return this
         */
        public Builder stops(List<String> value) {
            stops = List.copyOf(value);
            return this;
        }

        /**
         * Sets the stop strings.
         *
         * @param value texts that end an answer
         * @return this
         */
        public Builder stops(String... value) {
            return stops(List.of(value));
        }

        /**
         * Sets what ends an answer besides stop strings and limits; what was generated stays.
         *
         * @param value asked after each token, in this order
         * @return this
         */
        public Builder stoppingCriteria(StoppingCriterion... value) {
            stoppingCriteria = List.of(value);
            return this;
        }

        /**
         * What to forget when the conversation fills the context; {@link ContextShift#none()} by default: a message that does not fit
         * is refused, and an answer ends. The system prompt stays.
         *
         * @param value the strategy
         * @return this
         */
        public Builder contextShift(ContextShift value) {
            contextShift = value;
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
         * Sets the chat template.
         *
         * @param value Jinja source, or null for the model's own
         * @return this
         */
        public Builder template(@Nullable String value) {
            template = value;
            return this;
        }

        /**
         * Sets further variables of the template.
         *
         * @param value name to value: text, numbers, booleans, lists and maps of them
         * @return this
         */
        public Builder templateArguments(Map<String, ?> value) {
            templateArguments = Map.copyOf(value);
            return this;
        }

        /**
         * Sets the tools that the model is told about.
         *
         * @param value the tools
         * @return this
         */
        public Builder tools(List<ToolDefinition> value) {
            tools = List.copyOf(value);
            return this;
        }

        /**
         * Sets whether a model that can reason first does so.
         *
         * @param value true unless set
         * @return this
         */
        public Builder enableThinking(boolean value) {
            enableThinking = value;
            return this;
        }

        /**
         * The options.
         *
         * @return the options
         */
        public ChatOptions build() {
            List<Sampler> chain = samplers == null ? List.of(new ModelDefaults(seed, temperature)) : samplers;
            return new ChatOptions(
                    systemPrompt,
                    context,
                    chain,
                    maxTokens,
                    stops,
                    stoppingCriteria,
                    contextShift,
                    logProbabilities,
                    template,
                    templateArguments,
                    tools,
                    enableThinking);
        }
    }
}
