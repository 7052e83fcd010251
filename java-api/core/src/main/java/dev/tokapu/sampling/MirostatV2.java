package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;

/**
 * Selects so that the surprise of the text stays near {@code tau} (Mirostat 2.0). Ends a chain.
 *
 * <p>llama.cpp: {@code llama_sampler_init_mirostat_v2}, after
 * <a href="https://arxiv.org/abs/2007.14966">arXiv 2007.14966</a>.
 *
 * <p>Thread safety: immutable.
 *
 * @param seed seed of the random generator; {@link Sampler#RANDOM_SEED} for one that differs each time
 * @param tau surprise (cross-entropy) to hold, in bits; above 0
 * @param eta learning rate of the correction; above 0
 * @since 0.1
 */
public record MirostatV2(int seed, float tau, float eta) implements Sampler {
    public MirostatV2 {
        Checks.above("tau", tau, 0);
        Checks.above("eta", eta, 0);
    }

    @Override
    public boolean selects() {
        return true;
    }
}
