package dev.tokapu.text;

import dev.tokapu.Vocab;

/**
 * How likely the model held a token to be: the logarithm of the softmax of its raw logits, before any sampler has worked on them.
 *
 * <p>Thread safety: immutable.
 *
 * @param token its id
 * @param text its text; a part of a character shows as U+FFFD, see {@link Vocab#piece(int)} for the bytes
 * @param logProbability natural logarithm of the probability, 0 or less
 * @since 0.1
 */
public record TokenLogProbability(int token, String text, double logProbability) {

    /**
     * The probability.
     *
     * @return 0 to 1
     */
    public double probability() {
        return Math.exp(logProbability);
    }
}
