package dev.tokapu.server.pool;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a pool knows of a model; all of it is read and written with the pool's lock. */
final class Slot<M extends PooledModel> {

    /** A request that waits. */
    static final class Waiter<M> {

        final CompletableFuture<Lease<M>> future = new CompletableFuture<>();
    }

    PoolEntry<M> entry;
    final Set<Waiter<M>> waiters = new LinkedHashSet<>();
    ModelState state;

    @Nullable
    M model;

    int leases;

    @Nullable
    String failure;

    /** When the last lease ended, or a lease began. */
    long lastUsed;

    /** How long it stays after its last request. */
    Duration keepAlive;

    /** Is to go as soon as nobody uses it: it is no longer one of the pool's models, or somebody wishes so. */
    boolean unwanted;

    /** Cancels the look at whether it is to go. */
    Runnable timer = () -> {};

    Slot(PoolEntry<M> entry, Duration keepAlive, long now) {
        this.entry = entry;
        this.keepAlive = keepAlive;
        this.lastUsed = now;
        M ready = entry.ready();
        this.state = ready == null ? ModelState.UNLOADED : ModelState.LOADED;
        this.model = ready;
    }

    boolean isIdle() {
        return state == ModelState.LOADED && leases == 0;
    }

    /** Whether it stays whatever happens. */
    boolean isPinned() {
        return (entry.pinned() || entry.ready() != null) && !unwanted;
    }

    /** Whether it has failed and a request could have it loaded again. */
    boolean isBroken() {
        M loaded = model;
        return loaded != null && entry.ready() == null && !loaded.isOpen();
    }

    /** How long it stays without a request, from now; null when that has no end. */
    @Nullable
    Duration left(long now) {
        if (isPinned() || keepAlive.equals(PoolOptions.FOREVER)) {
            return null;
        }
        return keepAlive.minusNanos(now - lastUsed);
    }

    /** Whether it is to go now. */
    boolean isDue(long now) {
        if (!isIdle()) {
            return false;
        }
        Duration left = left(now);
        return unwanted || (left != null && (left.isZero() || left.isNegative()));
    }
}
