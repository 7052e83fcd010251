package dev.tokapu.sampling;

import java.util.Objects;

/**
 * Changes logits given the tokens so far, by a function in Java.
 *
 * <p>Thread safety: immutable; the function as implemented.
 *
 * @param processor the function
 * @since 0.1
 */
public record CustomLogits(LogitsProcessor processor) implements Sampler {
    public CustomLogits {
        Objects.requireNonNull(processor, "processor");
    }
}
