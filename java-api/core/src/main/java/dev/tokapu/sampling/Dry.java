package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;
import java.util.List;

/**
 * Lowers the logits of tokens that would go on repeating an earlier passage ("don't repeat yourself"), by
 * {@code multiplier * base^(length of the repeated passage - allowedLength)}.
 *
 * <p>llama.cpp: {@code llama_sampler_init_dry}, after
 * <a href="https://github.com/oobabooga/text-generation-webui/pull/5677">text-generation-webui pull request 5677</a>.
 *
 * <p>Thread safety: immutable.
 *
 * @param multiplier 0 or more; 0 turns it off
 * @param base 0 or more; llama.cpp turns it off below 1
 * @param allowedLength tokens that may be repeated freely, 0 or more
 * @param penaltyLastN tokens to look back; 0 turns it off
 * @param breakers texts that a repeated passage never reaches across, such as a line end
 * @since 0.1
 */
public record Dry(float multiplier, float base, int allowedLength, int penaltyLastN, List<String> breakers)
        implements Sampler {
    public Dry {
        Checks.atLeast("multiplier", multiplier, 0);
        Checks.atLeast("base", base, 0);
        Checks.atLeast("allowedLength", allowedLength, 0);
        Checks.atLeast("penaltyLastN", penaltyLastN, 0);
        breakers = List.copyOf(breakers);
    }
}
