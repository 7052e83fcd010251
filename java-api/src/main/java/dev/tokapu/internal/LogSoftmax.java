package dev.tokapu.internal;

/**
 * Log-probabilities from logits: {@code logit - max - log(sum(exp(logit - max)))}, with the roundings of llama.cpp's tools/perplexity, so that
 * sums print the same digits.
 *
 * <p>Thread safety: safe, no state.
 */
public final class LogSoftmax {

    private LogSoftmax() {}

    /**
     * The log-probability of a token.
     *
     * @param logits a value for each token of the vocabulary
     * @param token the token
     * @return its natural logarithm, 0 or less
     */
    public static double of(float[] logits, int token) {
        float max = logits[0];
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += (float) Math.exp(logit - max);
        }
        return logits[token] - max - Math.log(sum);
    }

    /**
     * Whether a token is the most likely one, the first among equals.
     *
     * @param logits a value for each token of the vocabulary
     * @param token the token
     * @return true when no other is before it
     */
    public static boolean isLargest(float[] logits, int token) {
        for (int i = 0; i < logits.length; i++) {
            if (logits[i] > logits[token] || (logits[i] == logits[token] && i < token)) {
                return false;
            }
        }
        return true;
    }
}
