package dev.tokapu.server.pool;

import dev.tokapu.exception.TokapuException;
import dev.tokapu.server.pool.RoomPlan.Candidate;
import dev.tokapu.server.problem.ProblemException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads and unloads the models of a pool, one after the other: one thread at a time does so. */
final class PoolWork<M extends PooledModel> {

    private static final Logger LOG = LoggerFactory.getLogger(ModelPool.class);

    private final int maxLoaded;
    private final PoolMemory memory;
    private final Executor executor;
    private final PoolSlots<M> slots;
    private boolean running; // with the lock of the slots
    private volatile Runnable onLoaded = () -> {};

    PoolWork(PoolOptions options, PoolTimer timer, PoolMemory memory, Executor executor) {
        this.maxLoaded = options.maxLoaded();
        this.memory = memory;
        this.executor = executor;
        this.slots = new PoolSlots<>(options, timer, this::start);
    }

    PoolSlots<M> slots() {
        return slots;
    }

    /** Has done what is to be done; called with the lock. */
    void start() {
        if (!running && !slots.closed) {
            running = true;
            executor.execute(this::run);
        }
    }

    /** Loads and unloads until there is nothing more to do. */
    private void run() {
        for (Runnable step = next(); step != null; step = next()) {
            step.run();
        }
    }

    private @Nullable Runnable next() {
        synchronized (slots) {
            slots.current = null;
            long now = slots.now();
            for (Slot<M> slot : slots.all().toList()) {
                if (slot.isDue(now) || (slots.closed && slot.state == ModelState.LOADED)) {
                    return unloading(slot);
                }
            }
            Slot<M> first = slots.queue.peek();
            if (first == null || slots.closed) {
                running = false;
                slots.notifyAll();
                return null;
            }
            slots.current = first;
            return first.isBroken() && first.isIdle() ? unloading(first) : () -> advance(first);
        }
    }

    private Runnable unloading(Slot<M> slot) {
        slot.state = ModelState.UNLOADING;
        slot.timer.run();
        M model = Objects.requireNonNull(slot.model);
        return () -> {
            try {
                model.close();
                LOG.info("The model '{}' is unloaded", slot.entry.name());
            } catch (Throwable e) { // it is of no more use in any case
                LOG.warn("Unloading the model '{}' failed: {}", slot.entry.name(), e.toString(), e);
            }
            synchronized (slots) {
                slot.model = null;
                slot.state = slot.waiters.isEmpty() ? ModelState.UNLOADED : ModelState.LOADING;
                if (slot.waiters.isEmpty()) {
                    slots.retired.remove(slot);
                }
            }
        };
    }

    /** One step towards a model that is asked for: something else goes, it is loaded, or it cannot be. */
    private void advance(Slot<M> slot) {
        ModelLoader<M> loader = slot.entry.loader();
        try {
            boolean alone = slots.loaded() == 0;
            Map<String, Long> need = alone ? Map.of() : loader.need();
            Map<String, Long> free = alone ? Map.of() : memory.free();
            Runnable room;
            synchronized (slots) {
                if (slots.closed || slot.waiters.isEmpty()) {
                    slots.dequeue(slot);
                    return;
                }
                if (slot.model != null) {
                    throw PoolProblems.broken(slot.entry.name());
                }
                room = room(slot, need, free);
            }
            if (room != null) {
                room.run();
                return;
            }
            M model = loader.load();
            LOG.info("The model '{}' is loaded", slot.entry.name());
            loaded(slot, model);
        } catch (Throwable e) {
            failed(slot, e);
        }
    }

    /** Unloads the first of what has to go; null when nothing has to. */
    private @Nullable Runnable room(Slot<M> slot, Map<String, Long> need, Map<String, Long> free) {
        List<Candidate<Slot<M>>> idle = slots.all()
                .filter(other -> other.isIdle() && !other.isPinned())
                .sorted(Comparator.comparingLong(other -> other.lastUsed))
                .map(other -> new Candidate<>(
                        other, Objects.requireNonNull(other.model).held()))
                .toList();
        RoomPlan<Slot<M>> plan = RoomPlan.of(need, free, slots.loaded(), maxLoaded, idle);
        String shortage = plan.shortage();
        if (shortage != null) {
            throw PoolProblems.noRoom(slot.entry.name(), shortage);
        }
        return plan.victims().isEmpty() ? null : unloading(plan.victims().get(0));
    }

    /** What is told of each model that is loaded, before anybody uses it. */
    void onLoaded(Runnable action) {
        onLoaded = action;
    }

    private void loaded(Slot<M> slot, M model) {
        List<Runnable> told = new ArrayList<>();
        synchronized (slots) {
            slot.model = model;
        }
        try {
            onLoaded.run();
        } catch (RuntimeException e) { // who only looks on breaks nothing
            LOG.warn("What looks at loaded models failed: {}", e.toString(), e);
        }
        synchronized (slots) {
            slots.queue.remove(slot);
            slot.state = ModelState.LOADED;
            slot.failure = null;
            slot.keepAlive = slots.keepAlive(slot.entry);
            slot.lastUsed = slots.now();
            if (slot.unwanted) {
                slots.retired.add(slot);
            }
            for (Slot.Waiter<M> waiter : slot.waiters) {
                Lease<M> lease = slots.lease(slot);
                told.add(() -> {
                    if (!waiter.future.complete(lease)) {
                        lease.close();
                    }
                });
            }
            slot.waiters.clear();
            slots.arm(slot);
        }
        told.forEach(Runnable::run);
    }

    private void failed(Slot<M> slot, Throwable failure) {
        ProblemException problem = PoolProblems.of(slot.entry.name(), failure);
        List<Slot.Waiter<M>> waiters;
        synchronized (slots) {
            waiters = List.copyOf(slot.waiters);
            slot.waiters.clear();
            if (!PoolProblems.isAboutRoom(problem.problem())) {
                slot.failure = problem.problem().message();
                if (failure instanceof CancellationException) {
                    LOG.info("{}", slot.failure); // somebody asked for it
                } else if (failure instanceof TokapuException) {
                    LOG.warn("{}", slot.failure); // its message says all
                } else {
                    LOG.warn("{}", slot.failure, failure);
                }
            }
            slots.dequeue(slot);
        }
        waiters.forEach(waiter -> waiter.future.completeExceptionally(problem));
    }

    /** Unloads all that is loaded, after what is being done. The slots are closed. */
    void finish() {
        boolean interrupted = false;
        synchronized (slots) {
            while (running) {
                try {
                    slots.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            running = true;
        }
        run();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
