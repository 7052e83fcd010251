package dev.tokapu.server.api;

import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.model.ModelLease;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.pool.ModelPool;
import dev.tokapu.server.problem.Problems;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The model that a call uses, from when it is there until the call ends. */
final class CallModel {

    /** How long a stream that was ended for this call may take to give back its model, and how often that is looked at. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration SOON = Duration.ofMillis(5);

    private final Call call;
    private final Workers workers;
    private @Nullable ModelLease lease; // with the lock of this
    private boolean ended; // with the lock of this

    CallModel(Call call, Workers workers) {
        this.call = call;
        this.workers = workers;
    }

    /**
     * Does something with a model, at once where it is loaded, else on a thread for calls when it is. {@code events}: whether the call asks for
     * a stream of events.
     */
    void use(ModelEntry entry, boolean events, Consumer<ServedModel> action) {
        if (events) {
            call.exchange().willStream(); // before the model is loaded, which takes a while
        }
        CompletableFuture<ModelLease> use = entry.use();
        if (use.isDone() && !use.isCompletedExceptionally()) {
            act(use.join(), action);
        } else {
            await(use, entry, action, 0);
        }
    }

    /** {@code end}: until when a model without room is asked for again, in nanoseconds; 0 where nothing was ended for it yet. */
    private void await(CompletableFuture<ModelLease> use, ModelEntry entry, Consumer<ServedModel> action, long end) {
        if (!use.isDone()) {
            call.exchange().onClosed(() -> use.cancel(false));
        }
        CompletableFuture<Void> unused = use.handle((model, failure) -> {
            if (failure instanceof CancellationException) {
                call.gone();
            } else if (failure != null) {
                failed(failure, entry, action, end);
            } else {
                later(model, action);
            }
            return null;
        });
    }

    /** A stream whose place this call takes may use what the model has no room beside. */
    private void failed(Throwable failure, ModelEntry entry, Consumer<ServedModel> action, long end) {
        long now = System.nanoTime();
        boolean room = ModelPool.isAboutRoom(Problems.of(failure))
                && (end == 0 ? call.exchange().takePlace() : now - end < 0);
        if (!room) {
            call.fail(failure);
            return;
        }
        long until = end == 0 ? now + PATIENCE.toNanos() : end;
        Runnable unused = workers.later(
                () -> {
                    if (call.isClosed()) {
                        call.gone();
                    } else {
                        await(entry.use(), entry, action, until);
                    }
                },
                SOON);
    }

    private void later(ModelLease model, Consumer<ServedModel> action) {
        try {
            workers.call(() -> {
                try {
                    call.run(() -> act(model, action));
                } catch (Throwable e) { // one call's failure is no other's
                    call.fail(e);
                }
            });
        } catch (RuntimeException e) {
            model.close();
            call.fail(e);
        }
    }

    private void act(ModelLease model, Consumer<ServedModel> action) {
        hold(model);
        if (call.isClosed()) {
            call.gone();
        } else {
            action.accept(model.model());
        }
    }

    private synchronized void hold(ModelLease model) {
        lease = model;
        if (ended) {
            model.close();
        }
    }

    /** Its name; null where the call uses none. */
    synchronized @Nullable String name() {
        return lease == null ? null : lease.model().name();
    }

    synchronized void keepAlive(Duration value) {
        if (lease != null) {
            lease.keepAlive(value);
        }
    }

    /** Nothing uses it any more. */
    synchronized void end() {
        ended = true;
        if (lease != null) {
            lease.close();
        }
    }
}
