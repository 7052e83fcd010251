package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;

/**
 * Keeps the {@code k} candidates with the largest logits.
 *
 * <p>llama.cpp: {@code llama_sampler_init_top_k}, after "The Curious Case of Neural Text Degeneration",
 * <a href="https://arxiv.org/abs/1904.09751">arXiv 1904.09751</a>.
 *
 * <p>Thread safety: immutable.
 *
 * @param k how many to keep; 0 keeps all
 * @since 0.1
 */
public record TopK(int k) implements Sampler {
    public TopK {
        Checks.atLeast("k", k, 0);
    }
}
