package dev.tokapu.server.pool;

import java.util.Map;

/**
 * A model that is loaded.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public interface PooledModel extends AutoCloseable {

    /** {@return whether it answers requests; false when it has failed, and is of no more use} */
    boolean isOpen();

    /** {@return the bytes that come free when it is closed, by memory} */
    Map<String, Long> held();

    /** Frees it. Nothing uses it any more. */
    @Override
    void close();
}
