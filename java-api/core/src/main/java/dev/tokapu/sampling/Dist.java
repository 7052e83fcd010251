package dev.tokapu.sampling;

/**
 * Selects a candidate at random, each with its probability: softmax of the logits that earlier samplers left. Ends a chain.
 *
 * <p>llama.cpp: {@code llama_sampler_init_dist}. Equal seeds give equal draws.
 *
 * <p>Thread safety: immutable.
 *
 * @param seed seed of the random generator; {@link Sampler#RANDOM_SEED} for one that differs each time
 * @since 0.1
 */
public record Dist(int seed) implements Sampler {
    @Override
    public boolean selects() {
        return true;
    }
}
