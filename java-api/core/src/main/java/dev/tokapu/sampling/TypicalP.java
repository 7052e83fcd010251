package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;

/**
 * Keeps the candidates whose surprise is closest to the expected one, until their probabilities add up to {@code p} (locally
 * typical sampling).
 *
 * <p>llama.cpp: {@code llama_sampler_init_typical}, after <a href="https://arxiv.org/abs/2202.00666">arXiv 2202.00666</a>.
 *
 * <p>Thread safety: immutable.
 *
 * @param p sum of the probabilities, 0 to 1; 1 keeps all
 * @param minKeep candidates that are kept at least; 0 or more
 * @since 0.1
 */
public record TypicalP(float p, int minKeep) implements Sampler {
    public TypicalP {
        Checks.fraction("p", p);
        Checks.atLeast("minKeep", minKeep, 0);
    }
}
