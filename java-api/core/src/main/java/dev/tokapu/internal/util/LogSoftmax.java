package dev.tokapu.internal.util;

/**
 * Log-probabilities from logits: {@code logit - max - log(sum(exp(logit - max)))}, with the roundings of llama.cpp's tools/perplexity, so that
 * sums print the same digits.
 *
 * <p>Thread safety: confined to one thread, for as long as the logits stay as they are.
 */
public final class LogSoftmax {

    private final float[] logits;
    private final float max;
    private final double logOfSum;

    /**
     * Adds up the logits.
     *
     * @param logits a value for each token of the vocabulary; not copied
     */
    public LogSoftmax(float[] logits) {
        this.logits = logits;
        float largest = logits[0];
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += (float) Math.exp(logit - largest);
        }
        max = largest;
        logOfSum = Math.log(sum);
    }

    /**
     * The log-probability of a token.
     *
     * @return its natural logarithm, 0 or less
     */
    public double of(int token) {
        return logits[token] - max - logOfSum;
    }

    /**
     * Whether a token is the most likely one, the first among equals.
     *
     * @return true when no other is before it
     */
    public boolean isLargest(int token) {
        for (int i = 0; i < logits.length; i++) {
            if (logits[i] > logits[token] || (logits[i] == logits[token] && i < token)) {
                return false;
            }
        }
        return true;
    }
}
