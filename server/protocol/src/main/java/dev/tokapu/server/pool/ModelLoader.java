package dev.tokapu.server.pool;

import java.util.Map;

/**
 * Loads one model. Two loaders that are equal load the same.
 *
 * <p>Thread safety: called by one thread at a time.
 *
 * @param <M> what is loaded
 * @since 0.1
 */
public interface ModelLoader<M extends PooledModel> {

    /**
     * The memory that the model would take, which is told before it is loaded.
     *
     * @return bytes by memory, such as {@code host} or the name of a GPU
     */
    Map<String, Long> need();

    /**
     * Loads it, which takes its time.
     *
     * @return the model
     * @throws dev.tokapu.server.problem.ProblemException that tells callers why it cannot be loaded; of other exceptions they get the message
     */
    M load();
}
