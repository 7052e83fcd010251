package dev.tokapu.ranking;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A document and how well it fits a query.
 *
 * <p>Thread safety: immutable.
 *
 * @param index its place in the list of documents, from 0
 * @param score the first output of the model's classification head: the higher, the better it fits. It is what the model gives, a logit or
 *     a probability, and comparable only with scores of the same model
 * @since 0.1
 */
public record RankedDocument(int index, float score) {

    private static final Comparator<RankedDocument> BEST_FIRST = Comparator.comparing(
                    (RankedDocument document) -> Float.isNaN(document.score()))
            .thenComparing(Comparator.comparingDouble(RankedDocument::score).reversed());

    /** Checks the values. */
    public RankedDocument {
        if (index < 0) {
            throw new IllegalArgumentException("index is " + index + "; it must be 0 or more");
        }
    }

    /**
     * The documents that fit best.
     *
     * @param outputs for each document the outputs of the classification head
     * @param topN how many of them
     * @return the best ones first; where scores are equal, in the order of the list; those whose score is NaN last
     */
    public static List<RankedDocument> best(List<float[]> outputs, int topN) {
        List<RankedDocument> ranked = new ArrayList<>();
        for (float[] output : outputs) {
            ranked.add(new RankedDocument(ranked.size(), output[0]));
        }
        ranked.sort(BEST_FIRST);
        return List.copyOf(ranked.subList(0, Math.min(topN, ranked.size())));
    }
}
