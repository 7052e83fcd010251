package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;

/**
 * Keeps the candidates whose logit is at most {@code n} standard deviations below the largest one.
 *
 * <p>llama.cpp: {@code llama_sampler_init_top_n_sigma}, after
 * <a href="https://arxiv.org/abs/2411.07641">arXiv 2411.07641</a>.
 *
 * <p>Thread safety: immutable.
 *
 * @param n standard deviations, 0 or more; 0 keeps all
 * @since 0.1
 */
public record TopNSigma(float n) implements Sampler {
    public TopNSigma {
        Checks.atLeast("n", n, 0);
    }
}
