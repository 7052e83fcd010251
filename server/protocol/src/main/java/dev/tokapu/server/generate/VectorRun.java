package dev.tokapu.server.generate;

import dev.tokapu.engine.RequestRejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one call on their way through an engine, at most a given number at a time: a call with more texts than the engine's queue holds is
 * answered, and the queue keeps room for other calls. The first ones are submitted by the thread of the call, the others by the engine's, in the scope of the call.
 *
 * <p>Thread safety: safe.
 *
 * @param <T> what is asked for
 * @param <R> what a request gives
 */
final class VectorRun<T, R> {

    private final List<T> requests;
    private final Function<T, CompletableFuture<R>> submit;
    private final int most;
    private final Consumer<Runnable> scope;
    private final List<CompletableFuture<R>> submitted = new ArrayList<>();
    private final CompletableFuture<List<R>> vectors = new CompletableFuture<>();
    private int running;
    private boolean filling;

    /**
     * For requests that are not submitted yet.
     *
     * @param most how many the engine has at a time
     * @param scope runs at once, in the scope of the call, what another thread submits
     */
    VectorRun(List<T> requests, Function<T, CompletableFuture<R>> submit, int most, Consumer<Runnable> scope) {
        this.requests = requests;
        this.submit = submit;
        this.most = most;
        this.scope = scope;
    }

    /** All results, in order. It ends exceptionally with the first failure; then nothing more is submitted. */
    CompletableFuture<List<R>> vectors() {
        return vectors;
    }

    /** Submits the first requests, and others as these end; throws where one of the first is refused. */
    synchronized void start() {
        filling = true;
        try {
            while (!vectors.isDone() && running < most && submitted.size() < requests.size()) {
                if (!submitNext()) {
                    break;
                }
            }
        } finally {
            filling = false;
        }
        if (running == 0 && submitted.size() == requests.size() && !vectors.isDone()) {
            vectors.complete(submitted.stream().map(CompletableFuture::join).toList());
        }
    }

    /** A full queue is no failure as long as requests of this call are in it. */
    private boolean submitNext() {
        CompletableFuture<R> next;
        try {
            next = submit.apply(requests.get(submitted.size()));
        } catch (RequestRejectedException e) {
            if (running > 0) {
                return false;
            }
            throw e;
        }
        running++;
        submitted.add(next);
        CompletableFuture<R> unused = next.whenComplete((vector, failure) -> ended(failure));
        return true;
    }

    private synchronized void ended(@Nullable Throwable failure) {
        running--;
        if (failure != null) {
            end(failure);
        } else if (!filling) {
            try {
                scope.accept(this::start);
            } catch (Throwable e) { // nobody would be told of it
                end(e);
            }
        }
    }

    /** Ends what is not computed yet. */
    void cancel() {
        end(new CancellationException("the call has ended"));
    }

    private synchronized void end(Throwable failure) {
        if (vectors.completeExceptionally(failure)) {
            submitted.forEach(one -> one.cancel(false));
        }
    }
}
