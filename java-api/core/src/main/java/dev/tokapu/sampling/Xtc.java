package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;

/**
 * Removes, with a given probability, the most likely candidates except for the last one above a threshold ("exclude top
 * choices"), which makes text less predictable.
 *
 * <p>llama.cpp: {@code llama_sampler_init_xtc}, after
 * <a href="https://github.com/oobabooga/text-generation-webui/pull/6335">text-generation-webui pull request 6335</a>.
 *
 * <p>Thread safety: immutable.
 *
 * @param probability how often it acts, 0 to 1; 0 turns it off
 * @param threshold probability that makes a candidate a top choice, 0 to 1; above 0.5 turns it off
 * @param minKeep candidates that are kept at least; 0 or more
 * @param seed seed of the random generator; {@link Sampler#RANDOM_SEED} for one that differs each time
 * @since 0.1
 */
public record Xtc(float probability, float threshold, int minKeep, int seed) implements Sampler {
    public Xtc {
        Checks.fraction("probability", probability);
        Checks.fraction("threshold", threshold);
        Checks.atLeast("minKeep", minKeep, 0);
    }
}
