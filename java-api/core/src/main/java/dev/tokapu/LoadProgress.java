package dev.tokapu;

/**
 * A listener to the loading of a model, which can also cancel it.
 *
 * <p>Thread safety: called on the thread that loads, never at the same time by several.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface LoadProgress {

    /**
     * Takes the progress and says whether to go on. An exception cancels the load and comes out of {@link Model#load}.
     *
     * @param progress 0.0 to 1.0
     * @return false to cancel: {@link Model#load} then throws {@link java.util.concurrent.CancellationException}
     */
    boolean onProgress(float progress);
}
