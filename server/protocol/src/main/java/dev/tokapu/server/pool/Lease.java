package dev.tokapu.server.pool;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The use of a model, which is not unloaded before it is closed.
 *
 * <p>Thread safety: safe.
 *
 * @param <M> what is loaded
 * @since 0.1
 */
public final class Lease<M> implements AutoCloseable {

    private final M model;
    private final Consumer<@Nullable Duration> release;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Duration keepAlive;

    Lease(M model, Consumer<@Nullable Duration> release) {
        this.model = model;
        this.release = release;
    }

    /** {@return the model} */
    public M model() {
        return model;
    }

    /** Sets how long the model stays after its last request, from this one on. */
    public void keepAlive(Duration value) {
        keepAlive = value;
    }

    /** Gives it back. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.accept(keepAlive);
        }
    }
}
