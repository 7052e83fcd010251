package dev.tokapu.embedding;

/**
 * Takes the vectors that a {@link TextEncoder} computes, text by text.
 *
 * <p>Thread safety: called on the thread that asked for them.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface VectorReceiver {

    /**
     * Takes the vectors of a text.
     *
     * @param text its place in the list of texts, from 0; texts come in any order
     * @param vectors one vector, or with {@link dev.tokapu.Pooling#NONE} one for each token; they belong to the receiver
     * @return whether to go on; false cancels the texts that are left
     */
    boolean receive(int text, float[][] vectors);
}
