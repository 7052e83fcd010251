package dev.tokapu.server.pool;

import java.util.Map;

/**
 * The memory that models are loaded into.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface PoolMemory {

    /** As much as anybody wants: nothing is unloaded for lack of it. */
    PoolMemory PLENTY = Map::of;

    /** {@return the bytes that a further model may take now, by memory; a memory that is not named has enough} */
    Map<String, Long> free();
}
