package dev.tokapu.spring.ai;

import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.engine.Speculation;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.tool.ToolChoice;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.DefaultToolCallingChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

/**
 * The options of a chat request: Spring AI's, and Tokapu's own. Null is the engine's default.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class TokapuChatOptions extends DefaultToolCallingChatOptions implements StructuredOutputChatOptions {

    private final Builder values; // a copy that nobody else has

    private TokapuChatOptions(ToolCallingChatOptions common, Builder values) {
        super(
                common.getToolCallbacks(),
                common.getToolContext(),
                common.getModel(),
                common.getFrequencyPenalty(),
                common.getMaxTokens(),
                common.getPresencePenalty(),
                common.getStopSequences(),
                common.getTemperature(),
                common.getTopK(),
                common.getTopP());
        this.values = values;
    }

    /** {@return a builder that starts empty} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return any options as these; null is none} */
    static TokapuChatOptions of(@Nullable ChatOptions options) {
        if (options instanceof TokapuChatOptions own) {
            return own;
        }
        Builder builder = builder();
        if (options != null) {
            builder.combineWith(options.mutate());
        }
        if (options instanceof StructuredOutputChatOptions structured) {
            builder.outputSchema(structured.getOutputSchema());
        }
        return builder.build();
    }

    @Override
    public Builder mutate() {
        return values.clone();
    }

    /** {@return the JSON schema that the answer is held to; null for any text} */
    @Override
    public @Nullable String getOutputSchema() {
        return values.outputSchema;
    }

    /** {@return the seed; null for a random one} */
    public @Nullable Integer getSeed() {
        return values.seed;
    }

    /** {@return how likely a token is at least, compared with the likeliest} */
    public @Nullable Double getMinP() {
        return values.minP;
    }

    /** {@return the penalty of tokens that were there of late} */
    public @Nullable Double getRepeatPenalty() {
        return values.repeatPenalty;
    }

    /** {@return whether tools may, must or must not be called; null for may} */
    public @Nullable ToolChoice getToolChoice() {
        return values.toolChoice;
    }

    /** {@return whether several tools may be called at once; null for what the chat template can} */
    public @Nullable Boolean getParallelToolCalls() {
        return values.parallelToolCalls;
    }

    /** {@return whether the model thinks before it answers; null as it likes} */
    public @Nullable Boolean getThinking() {
        return values.thinking;
    }

    /** {@return how many tokens a thought may have; null for no limit} */
    public @Nullable Integer getThinkingBudget() {
        return values.thinkingBudget;
    }

    /** {@return the effort that the chat template is told, mostly {@code low}, {@code medium} or {@code high}} */
    public @Nullable String getReasoningEffort() {
        return values.reasoningEffort;
    }

    /** {@return priority, deadline, tenant and LoRA adapters; null for {@link SchedulingOptions#defaults()}} */
    public @Nullable SchedulingOptions getScheduling() {
        return values.scheduling;
    }

    /** {@return how the answer is drafted ahead of the model; null for not at all} */
    public @Nullable Speculation getSpeculation() {
        return values.speculation;
    }

    /** {@return samplers that come before the model's; null for none} */
    public @Nullable List<Sampler> getSamplersFirst() {
        return values.samplersFirst;
    }

    /** {@return further variables of the chat template; null for none} */
    public @Nullable Map<String, Object> getTemplateArguments() {
        return values.templateArguments;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof TokapuChatOptions that
                && values.own().equals(that.values.own());
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), values.own());
    }

    /**
     * A builder for {@link TokapuChatOptions}. Null is the engine's default.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder extends DefaultToolCallingChatOptions.Builder<Builder>
            implements StructuredOutputChatOptions.Builder<Builder> {

        private @Nullable String outputSchema;
        private @Nullable Integer seed;
        private @Nullable Double minP;
        private @Nullable Double repeatPenalty;
        private @Nullable ToolChoice toolChoice;
        private @Nullable Boolean parallelToolCalls;
        private @Nullable Boolean thinking;
        private @Nullable Integer thinkingBudget;
        private @Nullable String reasoningEffort;
        private @Nullable SchedulingOptions scheduling;
        private @Nullable Speculation speculation;
        private @Nullable List<Sampler> samplersFirst;
        private @Nullable Map<String, Object> templateArguments;

        private Builder() {}

        private List<@Nullable Object> own() {
            return Arrays.asList(
                    outputSchema,
                    seed,
                    minP,
                    repeatPenalty,
                    toolChoice,
                    parallelToolCalls,
                    thinking,
                    thinkingBudget,
                    reasoningEffort,
                    scheduling,
                    speculation,
                    samplersFirst,
                    templateArguments);
        }

        /** Sets the JSON schema that the answer is held to. */
        @Override
        public Builder outputSchema(@Nullable String value) {
            outputSchema = value;
            return this;
        }

        /** Sets the seed: the same request with the same seed is sampled alike. */
        public Builder seed(@Nullable Integer value) {
            seed = value;
            return this;
        }

        /** Leaves the tokens that are at least this likely, compared with the likeliest: 0 to 1. */
        public Builder minP(@Nullable Double value) {
            minP = value;
            return this;
        }

        /** Makes tokens less likely that were there of late: above 0, and 1 for no penalty. */
        public Builder repeatPenalty(@Nullable Double value) {
            repeatPenalty = value;
            return this;
        }

        /** Sets whether tools may, must or must not be called. */
        public Builder toolChoice(@Nullable ToolChoice value) {
            toolChoice = value;
            return this;
        }

        /** Sets whether several tools may be called at once. */
        public Builder parallelToolCalls(@Nullable Boolean value) {
            parallelToolCalls = value;
            return this;
        }

        /** Sets whether a model that can think does so. */
        public Builder thinking(@Nullable Boolean value) {
            thinking = value;
            return this;
        }

        /** Limits a thought, in tokens. */
        public Builder thinkingBudget(@Nullable Integer value) {
            thinkingBudget = value;
            return this;
        }

        /** Sets what the chat template is told, mostly {@code low}, {@code medium} or {@code high}. */
        public Builder reasoningEffort(@Nullable String value) {
            reasoningEffort = value;
            return this;
        }

        /** Sets priority, deadline, tenant and LoRA adapters. */
        public Builder scheduling(@Nullable SchedulingOptions value) {
            scheduling = value;
            return this;
        }

        /** Sets how the answer is drafted ahead of the model. */
        public Builder speculation(@Nullable Speculation value) {
            speculation = value;
            return this;
        }

        /** Sets samplers that come before the model's, for example {@link Sampler#logitBias} or one written in Java. */
        public Builder samplersFirst(@Nullable List<? extends Sampler> value) {
            samplersFirst = value == null ? null : List.copyOf(value);
            return this;
        }

        /** Sets further variables of the chat template: text, numbers, booleans, lists and maps of them. */
        public Builder templateArguments(@Nullable Map<String, ?> value) {
            templateArguments = value == null ? null : Map.copyOf(value);
            return this;
        }

        @Override
        public Builder combineWith(ChatOptions.Builder<?> other) {
            super.combineWith(other);
            if (other instanceof Builder that) {
                outputSchema = or(that.outputSchema, outputSchema);
                seed = or(that.seed, seed);
                minP = or(that.minP, minP);
                repeatPenalty = or(that.repeatPenalty, repeatPenalty);
                toolChoice = or(that.toolChoice, toolChoice);
                parallelToolCalls = or(that.parallelToolCalls, parallelToolCalls);
                thinking = or(that.thinking, thinking);
                thinkingBudget = or(that.thinkingBudget, thinkingBudget);
                reasoningEffort = or(that.reasoningEffort, reasoningEffort);
                scheduling = or(that.scheduling, scheduling);
                speculation = or(that.speculation, speculation);
                samplersFirst = or(that.samplersFirst, samplersFirst);
                templateArguments = or(that.templateArguments, templateArguments);
            }
            return this;
        }

        private static <T> @Nullable T or(@Nullable T value, @Nullable T otherwise) {
            return value == null ? otherwise : value;
        }

        @Override
        public TokapuChatOptions build() {
            return new TokapuChatOptions(super.build(), clone());
        }
    }
}
