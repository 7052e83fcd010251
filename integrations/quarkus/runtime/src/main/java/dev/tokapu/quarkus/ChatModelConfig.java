package dev.tokapu.quarkus;

import io.quarkus.runtime.annotations.ConfigGroup;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A chat model and the parameters of requests that have none. What is not set is the engine's default.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
@ConfigGroup
public interface ChatModelConfig {

    /**
     * Where the model is: the path of a GGUF file, a name such as {@code hf://org/repo:Q4_K_M}, or {@code classpath:NAME}; the default model on
     * the class path unless set.
     */
    Optional<String> modelName();

    /** How random answers are; 0 always takes the likeliest token. */
    @WithDefault("${quarkus.langchain4j.temperature}")
    Optional<Double> temperature();

    /** Leaves the likeliest tokens that have this probability together. */
    Optional<Double> topP();

    /** Leaves as many of the likeliest tokens. */
    Optional<Integer> topK();

    /** Leaves the tokens that are at least this likely, compared with the likeliest. */
    Optional<Double> minP();

    /** Limits the length of an answer, in tokens. */
    Optional<Integer> maxTokens();

    /** The same request with the same seed is sampled alike. */
    Optional<Integer> seed();

    /** Makes tokens less likely by how often they were there of late. */
    Optional<Double> frequencyPenalty();

    /** Makes tokens less likely that were there of late. */
    Optional<Double> presencePenalty();

    /** Divides the scores of tokens that were there of late; 1 for no penalty. */
    Optional<Double> repeatPenalty();

    /** Texts that end an answer and are not part of it. */
    Optional<List<String>> stopSequences();

    /** Whether several tools may be called at once. */
    Optional<Boolean> parallelToolCalls();

    /** Whether a model that can think does so. */
    Optional<Boolean> thinking();

    /** Limits a thought, in tokens. */
    Optional<Integer> thinkingBudget();

    /** What the chat template is told, mostly low, medium or high. */
    Optional<String> reasoningEffort();

    /** Time within which an answer has to be complete. */
    Optional<Duration> deadline();

    /** How the engine is started. */
    EngineConfig engine();
}
