package dev.tokapu.server.pool;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model that a {@link ModelPool} has, loaded or not.
 *
 * <p>Thread safety: immutable.
 *
 * @param name its name in the pool
 * @param loader what loads it
 * @param pinned whether it stays loaded once it is
 * @param keepAlive how long it stays after its last request; null for what the pool says
 * @param ready the model where it is loaded already, null where it is not; it is always pinned
 * @param <M> what is loaded
 * @since 0.1
 */
public record PoolEntry<M extends PooledModel>(
        String name,
        ModelLoader<M> loader,
        boolean pinned,
        @Nullable Duration keepAlive,
        @Nullable M ready) {

    /** Checks the values. */
    public PoolEntry {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(loader, "loader");
    }
}
