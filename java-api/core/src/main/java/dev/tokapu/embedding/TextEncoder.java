package dev.tokapu.embedding;

import dev.tokapu.Model;
import dev.tokapu.Pooling;
import java.util.List;

/**
 * Computes vectors of texts with a model: a context of its own ({@link ContextEncoder}), or an engine, where texts of many callers share a step. An
 * {@link Embedder}, a {@link dev.tokapu.ranking.Reranker} and a {@link dev.tokapu.classification.Classifier} work with either.
 *
 * <p>Thread safety: as implemented.
 *
 * @since 0.1
 */
public interface TextEncoder {

    /** {@return the model} */
    Model model();

    /** {@return how many tokens a text may have} */
    int sequenceContextSize();

    /**
     * What becomes of the vectors of a text's tokens.
     *
     * @return {@link Pooling#RANK} for scores in place of a vector, {@link Pooling#NONE} for a vector of each token
     * @throws UnsupportedOperationException when it is an engine that generates
     */
    Pooling pooling();

    /**
     * Computes texts as the model has them: vectors are not brought to length 1. It returns when all have been received.
     *
     * @param texts the tokens of each, at least one; BOS is not added
     * @param receiver takes their vectors
     * @throws dev.tokapu.exception.ContextOverflowException when a text has more tokens than {@link #sequenceContextSize}; none is computed then
     * @throws IllegalArgumentException when a text has no tokens, or one that is not of the vocabulary
     * @throws java.util.concurrent.CancellationException when the receiver wants no more, or the thread is interrupted, whose flag stays set
     * @throws UnsupportedOperationException when it is an engine that generates
     * @throws IllegalStateException when it is closed
     */
    void encode(List<int[]> texts, VectorReceiver receiver);
}
