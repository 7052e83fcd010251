package dev.tokapu.completion;

import java.util.Arrays;

/**
 * How likely a model finds a text after a prompt. Two are equal when they are the same object.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ScoredContinuation {

    private final String text;
    private final int[] tokens;
    private final double[] logProbabilities;
    private final boolean greedy;

    /**
     * What a {@link Scorer} or an {@code Engine} found out.
     *
     * @param text the text
     * @param tokens its tokens, as they follow the prompt's; a copy is kept
     * @param logProbabilities the log-probability of each; a copy is kept
     * @param greedy whether each is the most likely one
     * @throws IllegalArgumentException when there are not as many log-probabilities as tokens, or none
     */
    public ScoredContinuation(String text, int[] tokens, double[] logProbabilities, boolean greedy) {
        if (tokens.length == 0 || tokens.length != logProbabilities.length) {
            throw new IllegalArgumentException("there are " + tokens.length + " tokens and " + logProbabilities.length
                    + " log-probabilities; each token has one, and there is at least one");
        }
        this.text = text;
        this.tokens = tokens.clone();
        this.logProbabilities = logProbabilities.clone();
        this.greedy = greedy;
    }

    /**
     * The text.
     *
     * @return as given
     */
    public String text() {
        return text;
    }

    /**
     * Its tokens, as they follow the prompt's.
     *
     * @return a copy
     */
    public int[] tokens() {
        return tokens.clone();
    }

    /**
     * The log-probability of each token after everything before it.
     *
     * @return a copy; natural logarithms
     */
    public double[] logProbabilities() {
        return logProbabilities.clone();
    }

    /**
     * The log-likelihood of the whole text: the sum of {@link #logProbabilities()}.
     *
     * @return a natural logarithm, 0 or less
     */
    public double logLikelihood() {
        return Arrays.stream(logProbabilities).sum();
    }

    /**
     * The log-likelihood per token, so that texts of different lengths can be compared.
     *
     * @return a natural logarithm, 0 or less
     */
    public double meanLogLikelihood() {
        return logLikelihood() / tokens.length;
    }

    /**
     * Whether greedy generation would give these tokens; it may spell the same text with others.
     *
     * @return true when each token is the most likely one
     */
    public boolean isGreedy() {
        return greedy;
    }

    @Override
    public String toString() {
        return "Continuation['" + text + "', log-likelihood " + logLikelihood() + "]";
    }
}
