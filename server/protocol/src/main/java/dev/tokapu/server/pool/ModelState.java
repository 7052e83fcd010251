package dev.tokapu.server.pool;

/**
 * Where a model is between its file and its memory.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum ModelState {
    /** It is not loaded; the next request loads it. */
    UNLOADED,
    /** A request has asked for it, and it waits for its turn or is being loaded. */
    LOADING,
    /** It answers requests. */
    LOADED,
    /** It is being unloaded. */
    UNLOADING,
    /** It could not be loaded the last time; the next request tries again. */
    FAILED
}
