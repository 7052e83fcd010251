package dev.tokapu.server.pool;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * Models that are loaded by the first request that names them and unloaded when nobody has used them for a while, or when another one wants
 * their place or memory: the one that was not used for longest goes first, what is pinned or in use stays. One model is loaded or unloaded at
 * a time, so that what the next one takes is compared with memory that is there.
 *
 * <p>Thread safety: safe.
 *
 * @param <M> what is loaded
 * @since 0.1
 */
public final class ModelPool<M extends PooledModel> implements AutoCloseable {

    private final PoolWork<M> work;
    private final PoolSlots<M> slots; // and their lock

    /**
     * Creates one. It loads nothing.
     *
     * @param options how
     * @param memory what models are loaded into
     * @param timer the time
     * @param executor where models are loaded and unloaded, one after the other
     * @param entries the models, whose names differ
     */
    public ModelPool(
            PoolOptions options, PoolMemory memory, PoolTimer timer, Executor executor, List<PoolEntry<M>> entries) {
        this.work = new PoolWork<>(options, timer, memory, executor);
        this.slots = work.slots();
        replace(entries);
    }

    /**
     * Asks for the use of a model, and has it loaded where it is not.
     *
     * @param name its name
     * @return the use, which must be closed; who cancels the future no longer waits. It fails with a {@link ProblemException} when the model
     *     cannot be loaded or has no room, or the pool is closed
     * @throws ProblemException when there is no such model
     */
    public CompletableFuture<Lease<M>> acquire(String name) {
        Slot.Waiter<M> waiter = new Slot.Waiter<>();
        Slot<M> slot;
        synchronized (slots) {
            slot = slots.get(name);
            if (slots.closed) {
                return CompletableFuture.failedFuture(PoolProblems.closed());
            }
            if (slot.state == ModelState.LOADED && !slot.isBroken()) {
                return CompletableFuture.completedFuture(slots.lease(slot));
            }
            slot.waiters.add(waiter);
            if (!slots.queue.contains(slot)) {
                slots.queue.add(slot);
            }
            if (slot.state == ModelState.UNLOADED || slot.state == ModelState.FAILED) {
                slot.state = ModelState.LOADING;
            }
            work.start();
        }
        CompletableFuture<Lease<M>> unused = waiter.future.whenComplete((lease, failure) -> {
            if (failure instanceof CancellationException) {
                slots.forget(slot, waiter);
            }
        });
        return waiter.future;
    }

    /** {@return whether this is why a model cannot be used: what others use leaves no room for it} */
    public static boolean isAboutRoom(Problem problem) {
        return PoolProblems.isAboutRoom(problem);
    }

    /**
     * Has a model unloaded as soon as nobody uses it, unless it is pinned.
     *
     * @param name its name
     * @return whether it is loaded and may go
     */
    public boolean unload(String name) {
        synchronized (slots) {
            Slot<M> slot = slots.get(name);
            if (slot.state != ModelState.LOADED || slot.isPinned()) {
                return false;
            }
            slot.keepAlive = Duration.ZERO;
            slots.arm(slot);
            return true;
        }
    }

    /**
     * Has other models from now on. Those that are named as before and have an equal loader go on as they are; the others are unloaded as
     * soon as nobody uses them.
     *
     * @param entries the models, whose names differ
     */
    public void replace(List<PoolEntry<M>> entries) {
        synchronized (slots) {
            Map<String, Slot<M>> before = new LinkedHashMap<>(slots.named);
            slots.named.clear();
            for (PoolEntry<M> entry : entries) {
                Slot<M> slot = before.get(entry.name());
                if (slot != null && slot.entry.loader().equals(entry.loader())) {
                    before.remove(entry.name());
                    slot.entry = entry;
                    slot.keepAlive = slots.keepAlive(entry);
                } else {
                    slot = new Slot<>(entry, slots.keepAlive(entry), slots.now());
                }
                if (slots.named.put(entry.name(), slot) != null) {
                    throw new IllegalArgumentException("two models of the pool are named '" + entry.name() + "'");
                }
            }
            for (Slot<M> slot : before.values()) {
                slot.unwanted = true;
                if (slot.model != null || !slot.waiters.isEmpty() || slot == slots.current) {
                    slots.retired.add(slot);
                }
            }
            slots.all().forEach(slots::arm);
        }
    }

    /**
     * Tells how it is with a model.
     *
     * @param name its name
     * @return how it is now; of one that the pool no longer has, that it is not loaded
     */
    public PoolStatus<M> status(String name) {
        synchronized (slots) {
            Slot<M> slot = slots.named.get(name);
            if (slot == null) {
                return new PoolStatus<>(ModelState.UNLOADED, null, null, 0, 0, null);
            }
            Duration expires = null;
            if (slot.isIdle()) {
                Duration left = slot.left(slots.now());
                expires = left == null ? PoolOptions.FOREVER : left.isNegative() ? Duration.ZERO : left;
            }
            return new PoolStatus<>(slot.state, slot.model, slot.failure, slot.leases, slot.waiters.size(), expires);
        }
    }

    /** Sets what is run after each load, before anybody uses the model; it does not wait. */
    public void onLoaded(Runnable action) {
        work.onLoaded(action);
    }

    /** {@return all loaded models, including removed ones that finish their last requests} */
    public List<M> loaded() {
        synchronized (slots) {
            return slots.all().flatMap(slot -> Stream.ofNullable(slot.model)).toList();
        }
    }

    /** Fails all waiting requests and unloads all models, also those in use, except models that the caller had loaded. Idempotent. */
    @Override
    public void close() {
        List<Slot.Waiter<M>> waiters = new ArrayList<>();
        synchronized (slots) {
            slots.closed = true;
            slots.all().forEach(slot -> {
                waiters.addAll(slot.waiters);
                slot.waiters.clear();
                slot.timer.run();
            });
        }
        waiters.forEach(waiter -> waiter.future.completeExceptionally(PoolProblems.closed()));
        work.finish();
    }
}
