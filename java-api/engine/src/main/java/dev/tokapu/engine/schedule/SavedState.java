package dev.tokapu.engine.schedule;

/**
 * What a sequence has in the KV cache, in host memory.
 *
 * <p>Thread safety: as its implementation says; a scheduler uses it on its thread.
 */
public interface SavedState extends AutoCloseable {

    /** {@return the memory that it takes} */
    long bytes();

    /** Frees the memory. */
    @Override
    void close();
}
