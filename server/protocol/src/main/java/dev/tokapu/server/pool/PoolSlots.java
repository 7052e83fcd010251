package dev.tokapu.server.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The models of a pool, and who uses them. Its own lock guards it: all methods are called with it. */
final class PoolSlots<M extends PooledModel> {

    final Map<String, Slot<M>> named = new LinkedHashMap<>();

    /** Those that are no longer named and are still there. */
    final Set<Slot<M>> retired = new LinkedHashSet<>();

    /** Those that are asked for and not loaded. */
    final Deque<Slot<M>> queue = new ArrayDeque<>();

    /** The one that is being loaded. */
    @Nullable
    Slot<M> current;

    boolean closed;

    private final PoolOptions options;
    private final PoolTimer timer;
    private final Runnable wake;

    /** {@code wake} has a look taken at what is to be done; it is called with the lock. */
    PoolSlots(PoolOptions options, PoolTimer timer, Runnable wake) {
        this.options = options;
        this.timer = timer;
        this.wake = wake;
    }

    long now() {
        return timer.nanoTime();
    }

    Stream<Slot<M>> all() {
        return Stream.concat(List.copyOf(named.values()).stream(), List.copyOf(retired).stream());
    }

    /** How many are in memory. */
    synchronized int loaded() {
        return (int) all().filter(slot -> slot.model != null).count();
    }

    Slot<M> get(String name) {
        Slot<M> slot = named.get(name);
        if (slot == null) {
            throw PoolProblems.gone(name);
        }
        return slot;
    }

    Duration keepAlive(PoolEntry<M> entry) {
        Duration own = entry.keepAlive();
        return own == null ? options.keepAlive() : own;
    }

    Lease<M> lease(Slot<M> slot) {
        slot.leases++;
        slot.timer.run();
        slot.lastUsed = now();
        return new Lease<>(Objects.requireNonNull(slot.model), keepAlive -> release(slot, keepAlive));
    }

    private void release(Slot<M> slot, @Nullable Duration keepAlive) {
        synchronized (this) {
            slot.leases--;
            slot.lastUsed = now();
            slot.keepAlive = keepAlive == null ? keepAlive(slot.entry) : keepAlive;
            arm(slot);
        }
    }

    /** Sees to it that a model that nobody uses goes in time. */
    void arm(Slot<M> slot) {
        slot.timer.run();
        if (closed) {
            return;
        }
        long now = now();
        Duration left = slot.left(now);
        if (slot.isDue(now)) {
            wake.run();
        } else if (slot.isIdle() && left != null) {
            slot.timer = timer.later(this::look, left);
        }
    }

    private synchronized void look() {
        wake.run();
    }

    void forget(Slot<M> slot, Slot.Waiter<M> waiter) {
        synchronized (this) {
            slot.waiters.remove(waiter);
            if (slot.waiters.isEmpty() && slot != current) {
                dequeue(slot);
            }
        }
    }

    /** Out of the queue, for there is nothing more to do for it. */
    void dequeue(Slot<M> slot) {
        queue.remove(slot);
        if (slot.state == ModelState.LOADING) {
            slot.state = slot.failure == null ? ModelState.UNLOADED : ModelState.FAILED;
        }
        if (slot.model == null) {
            retired.remove(slot);
        }
    }
}
