package dev.tokapu.completion;

import dev.tokapu.ContextOptions;
import dev.tokapu.LoadProgress;
import dev.tokapu.Model;
import dev.tokapu.internal.text.ChunkedText;
import java.util.Arrays;
import java.util.concurrent.CancellationException;

/**
 * How far a model's predictions are from another model's, a quantized model's from the original's for example: the Kullback-Leibler divergence of
 * the two at each token of a text, as llama.cpp's tools/perplexity computes it with {@code --kl-divergence}.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class KlDivergence {

    private final Estimate logPerplexity;
    private final Estimate baseLogPerplexity;
    private final double covariance;
    private final Estimate mean;
    private final Estimate change;
    private final Estimate squaredChange;
    private final int sameTop;
    private final float[] divergences;
    private final float[] changes;

    private KlDivergence(KlSums sums, float[] divergences, float[] changes) {
        int count = sums.count;
        logPerplexity = Estimate.mean(sums.nll, sums.nllSquares, count);
        baseLogPerplexity = Estimate.mean(sums.baseNll, sums.baseNllSquares, count);
        covariance =
                count < 10 ? 0 : (sums.nllProducts / count - sums.nll / count * (sums.baseNll / count)) / (count - 1);
        mean = Estimate.mean(sums.divergence, sums.divergenceSquares, count);
        change = Estimate.mean(sums.change, sums.changeSquares, count);
        squaredChange = Estimate.mean(sums.changeSquares, sums.changeFourths, count);
        sameTop = sums.sameTop;
        this.divergences = divergences;
        this.changes = changes;
        Arrays.sort(divergences);
        Arrays.sort(changes);
    }

    /**
     * Compares two models with {@link ContextOptions#defaults()}.
     *
     * @param base the model to compare with
     * @param model the other one, with the same vocabulary
     * @param text the text, at least two chunks long
     * @param chunkSize tokens in a chunk, 3 to 2,048; llama-perplexity's default is 512
     * @return how far they are apart
     */
    public static KlDivergence of(Model base, Model model, String text, int chunkSize) {
        return of(base, model, text, chunkSize, ContextOptions.defaults(), progress -> true);
    }

    /**
     * Compares two models. Both compute at the same time, so that both are in memory and nothing is kept.
     *
     * @param base the model to compare with
     * @param model the other one, with the same vocabulary
     * @param text the text, at least two chunks long
     * @param chunkSize tokens in a chunk, 3 to 2,048
     * @param options for both contexts; sizes and sequences are set as llama-perplexity sets them
     * @param progress is told how much of the text is computed; false cancels
     * @return how far they are apart
     * @throws IllegalArgumentException when the text is too short, a model is an encoder, or the vocabularies differ in size
     * @throws CancellationException when the listener asked to stop
     */
    public static KlDivergence of(
            Model base, Model model, String text, int chunkSize, ContextOptions options, LoadProgress progress) {
        int vocabSize = model.vocab().size();
        if (base.vocab().size() != vocabSize) {
            throw new IllegalArgumentException("the models have " + base.vocab().size() + " and " + vocabSize
                    + " tokens; only models with the same vocabulary can be compared");
        }
        int[] tokens = ChunkedText.tokens(base, text, chunkSize);
        int counted = (tokens.length / chunkSize) * (chunkSize - 1 - chunkSize / 2);
        float[] divergences = new float[counted];
        float[] changes = new float[counted];
        float[] logits = new float[vocabSize];
        KlSums sums = new KlSums(vocabSize);
        try (ChunkedText first = ChunkedText.open(base, tokens, chunkSize, options, false);
                ChunkedText second = ChunkedText.open(model, tokens, chunkSize, options, false)) {
            while (first.next() && second.next()) {
                for (int sequence = 0; sequence < first.together(); sequence++) {
                    for (int i = chunkSize / 2; i < chunkSize - 1; i++) {
                        first.copyLogits(sequence, i, logits);
                        sums.base(logits);
                        second.copyLogits(sequence, i, logits);
                        sums.model(logits, first.token(sequence, i + 1), divergences, changes);
                    }
                }
                if (!progress.onProgress(first.progress())) {
                    throw new CancellationException("the comparison was cancelled");
                }
            }
        }
        return new KlDivergence(sums, divergences, changes);
    }

    /** {@return how many tokens counted} */
    public int tokens() {
        return divergences.length;
    }

    /** {@return the perplexity of the model} */
    public Estimate perplexity() {
        return exp(logPerplexity);
    }

    /** {@return the perplexity of the model that it is compared with, of rounded probabilities} */
    public Estimate basePerplexity() {
        return exp(baseLogPerplexity);
    }

    private static Estimate exp(Estimate log) {
        double value = Math.exp(log.value());
        return new Estimate(value, value * log.error());
    }

    /** {@return the correlation of both log-likelihoods, -1 to 1} */
    public double correlation() {
        return covariance / (logPerplexity.error() * baseLogPerplexity.error());
    }

    /** {@return the logarithm of the perplexity of the model divided by that of the other} */
    public Estimate logRatio() {
        double error = logPerplexity.error() * logPerplexity.error()
                + baseLogPerplexity.error() * baseLogPerplexity.error()
                - 2 * covariance;
        return new Estimate(logPerplexity.value() - baseLogPerplexity.value(), Math.sqrt(error));
    }

    /** {@return the perplexity of the model divided by that of the other} */
    public Estimate ratio() {
        return exp(logRatio());
    }

    /** {@return the perplexity of the model less that of the other} */
    public Estimate difference() {
        Estimate own = perplexity();
        Estimate base = basePerplexity();
        double error =
                own.error() * own.error() + base.error() * base.error() - 2 * own.value() * base.value() * covariance;
        return new Estimate(own.value() - base.value(), Math.sqrt(error));
    }

    /** {@return the mean divergence of a token, in nats; 0 where both predict the same} */
    public Estimate mean() {
        return mean;
    }

    /**
     * The divergence that a fraction of the tokens does not exceed.
     *
     * @param fraction the fraction, 0 for the least and 1 for the largest divergence
     * @return the divergence, in nats
     */
    public double quantile(double fraction) {
        return quantile(divergences, fraction);
    }

    /** {@return the mean change of the probability of the token that came} */
    public Estimate change() {
        return change;
    }

    /**
     * The change of the probability of the token that came, which a fraction of the tokens does not exceed.
     *
     * @param fraction the fraction, 0 for the least and 1 for the largest change
     * @return the change, -1 to 1
     */
    public double changeQuantile(double fraction) {
        return quantile(changes, fraction);
    }

    /** {@return the root of the mean square of the change of the probability of the token that came} */
    public Estimate rootMeanSquareChange() {
        double root = Math.sqrt(squaredChange.value());
        return new Estimate(root, 0.5 / root * squaredChange.error());
    }

    /** {@return the fraction of the tokens at which both find the same token most likely} */
    public Estimate sameTop() {
        double part = (double) sameTop / tokens();
        return new Estimate(part, Math.sqrt(part * (1 - part) / (tokens() - 1)));
    }

    /** As the tool rounds it. */
    private static float quantile(float[] sorted, double fraction) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("fraction is " + fraction + "; it must be from 0 to 1");
        }
        if (fraction == 0.5) {
            int middle = sorted.length / 2;
            return sorted.length % 2 == 0 ? 0.5f * (sorted[middle] + sorted[middle - 1]) : sorted[middle];
        }
        float place = (float) fraction * (sorted.length - 1);
        int below = (int) place;
        place -= below;
        return (1 - place) * sorted[below] + place * sorted[Math.min(below + 1, sorted.length - 1)];
    }

    @Override
    public String toString() {
        return "KlDivergence[mean " + mean.value() + " +/- " + mean.error() + ", " + tokens() + " tokens]";
    }
}
