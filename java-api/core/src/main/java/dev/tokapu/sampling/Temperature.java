package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;

/**
 * Divides each logit {@code l} by the temperature: {@code l' = l / temperature}. At 0 only the largest logit survives.
 *
 * <p>llama.cpp: {@code llama_sampler_init_temp}.
 *
 * <p>Thread safety: immutable.
 *
 * @param temperature 0 or more; below 1 the likely become likelier, above 1 the choice widens
 * @since 0.1
 */
public record Temperature(float temperature) implements Sampler {
    public Temperature {
        Checks.atLeast("temperature", temperature, 0);
    }
}
