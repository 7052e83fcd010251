package dev.tokapu.quarkus;

import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.langchain4j.TokapuChatRequestParameters;
import java.util.Optional;

/** What is configured, as options of Tokapu's. */
final class Settings {

    private Settings() {}

    /** {@return the parameters of requests that have none} */
    static TokapuChatRequestParameters parameters(ChatModelConfig config) {
        TokapuChatRequestParameters.Builder parameters = TokapuChatRequestParameters.builder();
        config.temperature().ifPresent(parameters::temperature);
        config.topP().ifPresent(parameters::topP);
        config.topK().ifPresent(parameters::topK);
        config.minP().ifPresent(parameters::minP);
        config.maxTokens().ifPresent(parameters::maxOutputTokens);
        config.seed().ifPresent(parameters::seed);
        config.frequencyPenalty().ifPresent(parameters::frequencyPenalty);
        config.presencePenalty().ifPresent(parameters::presencePenalty);
        config.repeatPenalty().ifPresent(parameters::repeatPenalty);
        config.stopSequences().ifPresent(parameters::stopSequences);
        config.parallelToolCalls().ifPresent(parameters::parallelToolCalls);
        reasoning(config).ifPresent(parameters::reasoning);
        config.deadline().map(SchedulingOptions.defaults()::withDeadline).ifPresent(parameters::scheduling);
        return parameters.build();
    }

    private static Optional<ReasoningOptions> reasoning(ChatModelConfig config) {
        if (config.thinking().isEmpty()
                && config.thinkingBudget().isEmpty()
                && config.reasoningEffort().isEmpty()) {
            return Optional.empty();
        }
        ReasoningOptions reasoning =
                config.thinking().orElse(true) ? ReasoningOptions.defaults() : ReasoningOptions.off();
        reasoning = config.thinkingBudget().map(reasoning::withBudget).orElse(reasoning);
        return Optional.of(config.reasoningEffort().map(reasoning::withEffort).orElse(reasoning));
    }

    /** {@return the options of an embedder} */
    static EmbedderOptions embedder(EmbeddingModelConfig config) {
        EmbedderOptions.Builder options =
                EmbedderOptions.builder().dimensions(config.dimensions()).normalized(config.normalized());
        config.queryPrefix().ifPresent(options::queryPrefix);
        config.documentPrefix().ifPresent(options::documentPrefix);
        return options.build();
    }
}
