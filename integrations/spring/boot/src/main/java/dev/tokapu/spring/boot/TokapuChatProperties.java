package dev.tokapu.spring.boot;

import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.spring.ai.TokapuChatOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The chat model and the options of requests that have none. What is not set is the engine's default.
 *
 * <p>Thread safety: immutable.
 *
 * @param model where the model is: the path of a GGUF file, a name such as hf://org/repo:Q4_K_M, or classpath:NAME; the default model on the
 *     class path unless set
 * @param temperature how random answers are; 0 always takes the likeliest token
 * @param topP leaves the likeliest tokens that have this probability together
 * @param topK leaves as many of the likeliest tokens
 * @param minP leaves the tokens that are at least this likely, compared with the likeliest
 * @param maxTokens limits the length of an answer, in tokens
 * @param seed the same request with the same seed is sampled alike
 * @param frequencyPenalty makes tokens less likely by how often they were there of late
 * @param presencePenalty makes tokens less likely that were there of late
 * @param repeatPenalty divides the scores of tokens that were there of late; 1 for no penalty
 * @param stopSequences texts that end an answer and are not part of it
 * @param parallelToolCalls whether several tools may be called at once
 * @param thinking whether a model that can think does so
 * @param thinkingBudget limits a thought, in tokens
 * @param reasoningEffort what the chat template is told, mostly low, medium or high
 * @param deadline time within which an answer has to be complete
 * @param engine how the engine is started
 * @since 0.1
 */
@ConfigurationProperties("spring.ai.tokapu.chat")
public record TokapuChatProperties(
        @Nullable String model,
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer topK,
        @Nullable Double minP,
        @Nullable Integer maxTokens,
        @Nullable Integer seed,
        @Nullable Double frequencyPenalty,
        @Nullable Double presencePenalty,
        @Nullable Double repeatPenalty,
        @Nullable List<String> stopSequences,
        @Nullable Boolean parallelToolCalls,
        @Nullable Boolean thinking,
        @Nullable Integer thinkingBudget,
        @Nullable String reasoningEffort,
        @Nullable Duration deadline,
        @DefaultValue @NestedConfigurationProperty TokapuEngineProperties engine) {

    /** {@return the options of requests} */
    public TokapuChatOptions toOptions() {
        TokapuChatOptions.Builder options = TokapuChatOptions.builder()
                .temperature(temperature)
                .topP(topP)
                .topK(topK)
                .minP(minP)
                .maxTokens(maxTokens)
                .seed(seed)
                .frequencyPenalty(frequencyPenalty)
                .presencePenalty(presencePenalty)
                .repeatPenalty(repeatPenalty)
                .stopSequences(stopSequences)
                .parallelToolCalls(parallelToolCalls)
                .thinking(thinking)
                .thinkingBudget(thinkingBudget)
                .reasoningEffort(reasoningEffort);
        if (deadline != null) {
            options.scheduling(SchedulingOptions.defaults().withDeadline(deadline));
        }
        return options.build();
    }
}
