package dev.tokapu.text;

import java.util.List;

/**
 * A generated token and what the model held to be the likeliest at its place.
 *
 * <p>Thread safety: immutable.
 *
 * @param chosen the token that the samplers chose
 * @param top the likeliest tokens, most likely first; the chosen one is among them only if it is one of them
 * @since 0.1
 */
public record TokenAlternatives(TokenLogProbability chosen, List<TokenLogProbability> top) {
    /** Copies the list. */
    public TokenAlternatives {
        top = List.copyOf(top);
    }
}
