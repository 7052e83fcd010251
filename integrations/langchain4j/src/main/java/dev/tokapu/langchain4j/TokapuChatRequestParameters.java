package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.engine.Speculation;
import dev.tokapu.sampling.Sampler;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a chat request: LangChain4j's, and Tokapu's own. What is not set comes from the model's defaults.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class TokapuChatRequestParameters extends DefaultChatRequestParameters {

    private final @Nullable Integer seed;
    private final @Nullable Double minP;
    private final @Nullable Double repeatPenalty;
    private final @Nullable Boolean parallelToolCalls;
    private final @Nullable ReasoningOptions reasoning;
    private final @Nullable SchedulingOptions scheduling;
    private final @Nullable Speculation speculation;
    private final @Nullable List<Sampler> samplersFirst;
    private final @Nullable Map<String, Object> templateArguments;

    private TokapuChatRequestParameters(Builder builder) {
        super(builder);
        seed = builder.seed;
        minP = builder.minP;
        repeatPenalty = builder.repeatPenalty;
        parallelToolCalls = builder.parallelToolCalls;
        reasoning = builder.reasoning;
        scheduling = builder.scheduling;
        speculation = builder.speculation;
        samplersFirst = builder.samplersFirst;
        templateArguments = builder.templateArguments;
    }

    /** {@return a builder that starts empty} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return any parameters as these} */
    static TokapuChatRequestParameters of(ChatRequestParameters parameters) {
        return parameters instanceof TokapuChatRequestParameters own
                ? own
                : builder().overrideWith(parameters).build();
    }

    /** {@return the seed; null for a random one} */
    public @Nullable Integer seed() {
        return seed;
    }

    /** {@return how likely a token is at least, compared with the likeliest; null as the model says} */
    public @Nullable Double minP() {
        return minP;
    }

    /** {@return the penalty of tokens that were there of late; null as the model says} */
    public @Nullable Double repeatPenalty() {
        return repeatPenalty;
    }

    /** {@return whether the model may call several tools at once; null for what its chat template can} */
    public @Nullable Boolean parallelToolCalls() {
        return parallelToolCalls;
    }

    /** {@return whether and how long the model thinks; null as it likes} */
    public @Nullable ReasoningOptions reasoning() {
        return reasoning;
    }

    /** {@return priority, deadline, tenant and adapters; null for {@link SchedulingOptions#defaults()}} */
    public @Nullable SchedulingOptions scheduling() {
        return scheduling;
    }

    /** {@return how the answer is drafted ahead of the model; null for not at all} */
    public @Nullable Speculation speculation() {
        return speculation;
    }

    /** {@return samplers that come before the model's; null for none} */
    public @Nullable List<Sampler> samplersFirst() {
        return samplersFirst;
    }

    /** {@return further variables of the chat template; null for none} */
    public @Nullable Map<String, Object> templateArguments() {
        return templateArguments;
    }

    @Override
    public TokapuChatRequestParameters overrideWith(ChatRequestParameters that) {
        return builder().overrideWith(this).overrideWith(that).build();
    }

    @Override
    public TokapuChatRequestParameters defaultedBy(ChatRequestParameters that) {
        return builder().overrideWith(that).overrideWith(this).build();
    }

    private List<@Nullable Object> own() {
        return Arrays.asList(
                seed,
                minP,
                repeatPenalty,
                parallelToolCalls,
                reasoning,
                scheduling,
                speculation,
                samplersFirst,
                templateArguments);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokapuChatRequestParameters that && super.equals(that) && own().equals(that.own());
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), own());
    }

    @Override
    public String toString() {
        return "TokapuChatRequestParameters[" + super.toString() + ", seed=" + seed + ", minP=" + minP
                + ", repeatPenalty=" + repeatPenalty + ", parallelToolCalls=" + parallelToolCalls + ", reasoning="
                + reasoning + ", scheduling=" + scheduling + ", speculation=" + speculation + ", samplersFirst="
                + samplersFirst + ", templateArguments=" + templateArguments + "]";
    }

    /**
     * A builder for {@link TokapuChatRequestParameters}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder extends DefaultChatRequestParameters.Builder<Builder> {

        private @Nullable Integer seed;
        private @Nullable Double minP;
        private @Nullable Double repeatPenalty;
        private @Nullable Boolean parallelToolCalls;
        private @Nullable ReasoningOptions reasoning;
        private @Nullable SchedulingOptions scheduling;
        private @Nullable Speculation speculation;
        private @Nullable List<Sampler> samplersFirst;
        private @Nullable Map<String, Object> templateArguments;

        private Builder() {}

        @Override
        public Builder overrideWith(ChatRequestParameters parameters) {
            super.overrideWith(parameters);
            if (parameters instanceof TokapuChatRequestParameters that) {
                seed = or(that.seed, seed);
                minP = or(that.minP, minP);
                repeatPenalty = or(that.repeatPenalty, repeatPenalty);
                parallelToolCalls = or(that.parallelToolCalls, parallelToolCalls);
                reasoning = or(that.reasoning, reasoning);
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

        /** Sets whether the model may call several tools at once. */
        public Builder parallelToolCalls(@Nullable Boolean value) {
            parallelToolCalls = value;
            return this;
        }

        /** Sets whether and how long the model thinks. */
        public Builder reasoning(@Nullable ReasoningOptions value) {
            reasoning = value;
            return this;
        }

        /** Sets priority, deadline, tenant and LoRA adapters. An answer that its deadline ends is a TimeoutException. */
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
        public TokapuChatRequestParameters build() {
            return new TokapuChatRequestParameters(this);
        }
    }
}
