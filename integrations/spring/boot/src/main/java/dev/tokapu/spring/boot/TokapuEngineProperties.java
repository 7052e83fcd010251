package dev.tokapu.spring.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;

/**
 * How an engine is started. What is not set is the engine's default.
 *
 * <p>Thread safety: immutable.
 *
 * @param maxSequences answers that are generated at the same time at most; more wait
 * @param contextSize the longest request in tokens, prompt and answer
 * @param queueCapacity requests that wait at most; more are refused
 * @param threads threads that compute
 * @param gpuLayers layers of the model that are computed on GPUs; 0 for none
 * @param chatTemplate a chat template in place of the model's
 * @since 0.1
 */
public record TokapuEngineProperties(
        @Nullable Integer maxSequences,
        @Nullable Integer contextSize,
        @Nullable Integer queueCapacity,
        @Nullable Integer threads,
        @Nullable Integer gpuLayers,
        @Nullable Resource chatTemplate) {}
