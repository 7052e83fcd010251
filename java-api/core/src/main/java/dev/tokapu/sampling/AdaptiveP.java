package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;

/**
 * Selects tokens whose probability is near a target over time: an exponential moving average of the probabilities of what was
 * selected corrects the target at each step. Ends a chain; {@link MinP} before it is enough.
 *
 * <p>llama.cpp: {@code llama_sampler_init_adaptive_p}, after
 * <a href="https://github.com/ggml-org/llama.cpp/pull/17927">llama.cpp pull request 17927</a>.
 *
 * <p>Thread safety: immutable.
 *
 * @param target probability to stay near, 0 to 1; below 0, down to -1, it is off and draws as {@link Dist} does
 * @param decay memory of the average, 0 to 0.99: some 1 / (1 - decay) tokens
 * @param seed seed of the random generator; {@link Sampler#RANDOM_SEED} for one that differs each time
 * @since 0.1
 */
public record AdaptiveP(float target, float decay, int seed) implements Sampler {
    public AdaptiveP {
        Checks.between("target", target, -1, 1);
        Checks.between("decay", decay, 0, 0.99f);
    }

    @Override
    public boolean selects() {
        return true;
    }
}
