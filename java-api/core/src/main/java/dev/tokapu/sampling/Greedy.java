package dev.tokapu.sampling;

/**
 * Selects the candidate with the largest logit. Ends a chain.
 *
 * <p>llama.cpp: {@code llama_sampler_init_greedy}.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public record Greedy() implements Sampler {
    @Override
    public boolean selects() {
        return true;
    }
}
