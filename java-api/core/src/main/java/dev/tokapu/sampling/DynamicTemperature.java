package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;

/**
 * Divides the logits by a temperature between {@code temperature - delta} and {@code temperature + delta}, larger the less
 * certain the model is: the normalized entropy of the candidates to the power of {@code exponent} tells where in between.
 *
 * <p>llama.cpp: {@code llama_sampler_init_temp_ext}, after
 * <a href="https://arxiv.org/abs/2309.02772">arXiv 2309.02772</a>.
 *
 * <p>Thread safety: immutable.
 *
 * @param temperature middle of the range, 0 or more
 * @param delta half the width of the range, 0 or more; 0 is plain temperature
 * @param exponent how entropy becomes temperature; 0 or more
 * @since 0.1
 */
public record DynamicTemperature(float temperature, float delta, float exponent) implements Sampler {
    public DynamicTemperature {
        Checks.atLeast("temperature", temperature, 0);
        Checks.atLeast("delta", delta, 0);
        Checks.atLeast("exponent", exponent, 0);
    }
}
