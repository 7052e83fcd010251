package dev.tokapu.engine;

/**
 * Where an {@link Engine} keeps a prefix.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum CacheTier {
    /** In the KV cache: requests begin with it at once. */
    DEVICE,
    /** In host memory: it is copied to the KV cache for a request. */
    HOST,
    /** In a file: it is read for a request, and is there after a restart. */
    DISK
}
