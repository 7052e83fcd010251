package dev.tokapu.server.api;

import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.model.ModelLease;
import dev.tokapu.server.model.ServedModel;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The model that a call uses, from when it is there until the call ends. */
final class CallModel {

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
        if (!use.isDone()) {
            call.exchange().onClosed(() -> use.cancel(false));
        } else if (!use.isCompletedExceptionally()) {
            act(use.join(), action);
            return;
        }
        CompletableFuture<Void> unused = use.handle((model, failure) -> {
            if (failure instanceof CancellationException) {
                call.gone();
            } else if (failure != null) {
                call.fail(failure);
            } else {
                later(model, action);
            }
            return null;
        });
    }

    private void later(ModelLease model, Consumer<ServedModel> action) {
        try {
            workers.call(() -> {
                try {
                    act(model, action);
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
