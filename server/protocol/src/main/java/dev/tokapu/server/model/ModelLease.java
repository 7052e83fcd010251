package dev.tokapu.server.model;

import dev.tokapu.server.pool.Lease;
import java.time.Duration;

/**
 * The use of a model that is served, which is not unloaded before this is closed.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class ModelLease implements AutoCloseable {

    private final ServedModel model;
    private final Lease<LoadedModel> lease;

    ModelLease(ServedModel model, Lease<LoadedModel> lease) {
        this.model = model;
        this.lease = lease;
    }

    /** {@return the model} */
    public ServedModel model() {
        return model;
    }

    /** Sets how long the model stays after its last request, from this one on. */
    public void keepAlive(Duration value) {
        lease.keepAlive(value);
    }

    /** Gives it back. Idempotent. */
    @Override
    public void close() {
        lease.close();
    }
}
