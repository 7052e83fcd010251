package dev.tokapu.quarkus;

import io.quarkus.runtime.annotations.ConfigGroup;
import java.util.Optional;

/**
 * How an engine is started. What is not set is the engine's default.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
@ConfigGroup
public interface EngineConfig {

    /** Answers that are generated at the same time at most; more wait. */
    Optional<Integer> maxSequences();

    /** The longest request in tokens, prompt and answer. */
    Optional<Integer> contextSize();

    /** Requests that wait at most; more are refused. */
    Optional<Integer> queueCapacity();

    /** Threads that compute. */
    Optional<Integer> threads();

    /** Layers of the model that are computed on GPUs; 0 for none. */
    Optional<Integer> gpuLayers();

    /** A chat template in place of the model's: the path of a file, or {@code classpath:NAME}. */
    Optional<String> chatTemplate();
}
