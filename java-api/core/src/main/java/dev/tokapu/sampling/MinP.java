package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;

/**
 * Keeps the candidates whose probability is at least {@code p} times that of the most likely one.
 *
 * <p>llama.cpp: {@code llama_sampler_init_min_p}, after
 * <a href="https://github.com/ggml-org/llama.cpp/pull/3841">llama.cpp pull request 3841</a>.
 *
 * <p>Thread safety: immutable.
 *
 * @param p share of the largest probability, 0 to 1; 0 keeps all
 * @param minKeep candidates that are kept at least; 0 or more
 * @since 0.1
 */
public record MinP(float p, int minKeep) implements Sampler {
    public MinP {
        Checks.fraction("p", p);
        Checks.atLeast("minKeep", minKeep, 0);
    }
}
