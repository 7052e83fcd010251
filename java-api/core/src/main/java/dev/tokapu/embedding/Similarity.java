package dev.tokapu.embedding;

import dev.tokapu.internal.util.VectorMath;
import java.util.List;

/**
 * How alike two embeddings are.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Similarity {

    private Similarity() {}

    /**
     * The cosine of the angle between two vectors.
     *
     * @param a a vector
     * @param b a vector of the same model
     * @return -1 to 1, the higher, the more alike; 0 when a vector is all zeros
     * @throws IllegalArgumentException when they have different dimensions
     */
    public static double cosine(float[] a, float[] b) {
        double lengths = Math.sqrt(VectorMath.dot(a, a)) * Math.sqrt(VectorMath.dot(b, b));
        double product = VectorMath.dot(a, b);
        return lengths == 0 ? 0 : Math.max(-1, Math.min(1, product / lengths));
    }

    /**
     * Late interaction (ColBERT's MaxSim): for each token of a query the cosine to that token of a document that is most like it, summed.
     *
     * @param query a vector for each token of the query
     * @param document a vector for each token of the document, at least one
     * @return the sum, at most the number of the query's tokens: the higher, the better the document fits
     * @throws IllegalArgumentException when the document has no tokens, or the vectors have different dimensions
     */
    public static double maxSim(List<float[]> query, List<float[]> document) {
        return query.stream()
                .mapToDouble(token -> document.stream()
                        .mapToDouble(other -> cosine(token, other))
                        .max()
                        .orElseThrow(() -> new IllegalArgumentException("the document has no tokens")))
                .sum();
    }
}
