package dev.tokapu.internal;

import dev.tokapu.sampling.CustomSampler;
import dev.tokapu.sampling.Dry;
import dev.tokapu.sampling.Logits;
import dev.tokapu.sampling.Penalties;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;

/**
 * Shows prompts to the samplers that look back, as llama.cpp's tools do; a grammar concerns the answer only.
 *
 * <p>Thread safety: safe.
 */
public final class PromptLookBack {

    private PromptLookBack() {}

    /**
     * Makes a chain ready for an answer.
     *
     * @param chain the chain; it forgets what it has seen
     * @param prompt the tokens before the answer
     */
    public static void prepare(SamplerChain chain, int[] prompt) {
        chain.reset();
        for (Sampler sampler : chain.samplers()) {
            if (looksBack(sampler)) {
                chain.acceptPrompt(prompt);
                return;
            }
        }
    }

    private static boolean looksBack(Sampler sampler) {
        return sampler instanceof Penalties
                || sampler instanceof Dry
                || sampler instanceof CustomSampler
                || sampler instanceof Logits;
    }
}
