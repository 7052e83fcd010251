package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;

/**
 * Lowers the logits of tokens that appeared among the last {@code lastN}: {@code repeat} divides a positive logit and
 * multiplies a negative one, {@code frequency} is subtracted once for each appearance, {@code presence} once in all.
 *
 * <p>llama.cpp: {@code llama_sampler_init_penalties}. Slow on a whole vocabulary: put {@link TopK} or {@link TopP} before it.
 *
 * <p>Thread safety: immutable.
 *
 * @param lastN tokens to look back; -1 for as many as the model was trained to read, 0 turns it off
 * @param repeat above 0; 1 turns it off
 * @param frequency 0 turns it off
 * @param presence 0 turns it off
 * @since 0.1
 */
public record Penalties(int lastN, float repeat, float frequency, float presence) implements Sampler {
    public Penalties {
        Checks.atLeast("lastN", lastN, -1);
        Checks.repeatPenalty("repeat", repeat);
        Checks.finite("frequency", frequency);
        Checks.finite("presence", presence);
    }
}
