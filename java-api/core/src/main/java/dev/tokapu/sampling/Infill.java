package dev.tokapu.sampling;

/**
 * Prefers whole words when the model fills in the middle: combines candidates that begin alike and selects the end of
 * generation when it is likely enough. Goes behind {@link TopK} and {@link TopP}.
 *
 * <p>llama.cpp: {@code llama_sampler_init_infill}.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public record Infill() implements Sampler {}
