package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;

/**
 * Keeps the most likely candidates until their probabilities add up to {@code p} (nucleus sampling).
 *
 * <p>llama.cpp: {@code llama_sampler_init_top_p}, after "The Curious Case of Neural Text Degeneration",
 * <a href="https://arxiv.org/abs/1904.09751">arXiv 1904.09751</a>.
 *
 * <p>Thread safety: immutable.
 *
 * @param p sum of the probabilities, 0 to 1; 1 keeps all
 * @param minKeep candidates that are kept at least; 0 or more
 * @since 0.1
 */
public record TopP(float p, int minKeep) implements Sampler {
    public TopP {
        Checks.fraction("p", p);
        Checks.atLeast("minKeep", minKeep, 0);
    }
}
