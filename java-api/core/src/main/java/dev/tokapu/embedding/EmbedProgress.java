package dev.tokapu.embedding;

/**
 * A listener to the embedding of many texts, which can also cancel it.
 *
 * <p>Thread safety: called on the thread that asked for the embeddings.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface EmbedProgress {

    /** Shows nothing and goes on. */
    EmbedProgress NONE = (done, total) -> true;

    /**
     * Takes the progress and says whether to go on. An exception cancels as well, and comes out of the call.
     *
     * @param done texts that have their vectors
     * @param total all texts
     * @return false to cancel: the call then throws {@link java.util.concurrent.CancellationException}
     */
    boolean onProgress(int done, int total);
}
