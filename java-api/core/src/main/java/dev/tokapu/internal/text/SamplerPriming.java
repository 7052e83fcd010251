package dev.tokapu.internal.text;

import dev.tokapu.sampling.CustomLogits;
import dev.tokapu.sampling.CustomSampler;
import dev.tokapu.sampling.Dry;
import dev.tokapu.sampling.Penalties;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import java.util.Arrays;

/**
 * Shows prompts to the samplers that look back, as llama.cpp's tools do; a grammar concerns the answer only, but the
 * whole of it.
 *
 * <p>Thread safety: safe.
 */
public final class SamplerPriming {

    private SamplerPriming() {}

    /**
     * Makes a chain ready for an answer.
     *
     * @param chain the chain; it forgets what it has seen
     * @param prompt the tokens before those that are chosen next
     * @param generated how the prompt ends: the beginning of the answer, where one goes on
     */
    public static void prepare(SamplerChain chain, int[] prompt, int... generated) {
        chain.reset();
        if (chain.samplers().stream().anyMatch(SamplerPriming::looksBack)) {
            chain.acceptPrompt(Arrays.copyOf(prompt, Math.max(0, prompt.length - generated.length)));
        }
        for (int token : generated) {
            chain.accept(token);
        }
    }

    private static boolean looksBack(Sampler sampler) {
        return sampler instanceof Penalties
                || sampler instanceof Dry
                || sampler instanceof CustomSampler
                || sampler instanceof CustomLogits;
    }
}
