package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;
import java.util.Map;

/**
 * Adds a value to the logits of some tokens; negative infinity forbids a token.
 *
 * <p>llama.cpp: {@code llama_sampler_init_logit_bias}.
 *
 * <p>Thread safety: immutable.
 *
 * @param biases token id to what is added to its logit
 * @since 0.1
 */
public record LogitBias(Map<Integer, Float> biases) implements Sampler {
    public LogitBias {
        biases = Map.copyOf(biases);
        biases.forEach((token, bias) -> {
            Checks.atLeast("token", token, 0);
            if (Float.isNaN(bias) || bias == Float.POSITIVE_INFINITY) {
                throw new IllegalArgumentException("the bias of token " + token + " is " + bias + "; use a number");
            }
        });
    }
}
