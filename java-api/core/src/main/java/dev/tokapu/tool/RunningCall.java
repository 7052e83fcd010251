package dev.tokapu.tool;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way to its result.
 *
 * <p>Thread safety: safe.
 */
final class RunningCall {

    private final ToolCall call;
    private final CompletableFuture<ToolResult> result = new CompletableFuture<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable FutureTask<?> task;

    RunningCall(ToolCall call) {
        this.call = call;
    }

    ToolCall call() {
        return call;
    }

    CompletableFuture<ToolResult> result() {
        return result;
    }

    void complete(ToolResult value) {
        result.complete(value);
    }

    /** Ends it with an error for the model. */
    void complete(String error) {
        complete(ToolResult.error(call, error));
    }

    /** What an executor has to run. */
    Runnable task(Callable<String> body, @Nullable Duration timeout, Tools tools, Consumer<Throwable> fail) {
        FutureTask<?> made = new FutureTask<>(() -> run(body, timeout, tools, fail), null);
        task = made;
        return made;
    }

    /** Interrupts the body, unless it is over; a result must be there before. */
    void stop() {
        FutureTask<?> running = task;
        if (running != null && over.compareAndSet(false, true)) {
            running.cancel(true);
        }
    }

    private void run(Callable<String> body, @Nullable Duration timeout, Tools tools, Consumer<Throwable> fail) {
        CompletableFuture<?> timer = timeout == null ? null : Timers.after(timeout, () -> expire(timeout));
        try {
            String text = body.call();
            if (over.compareAndSet(false, true)) {
                complete(ToolResult.of(call, text));
            }
        } catch (Throwable e) {
            if (over.compareAndSet(false, true)) {
                thrown(ToolErrors.cause(e), tools, fail);
            }
        } finally {
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }

    private void expire(Duration timeout) {
        complete(call.name() + " was not done within " + timeout.toMillis() + " ms and was stopped");
        stop();
    }

    private void thrown(Throwable error, Tools tools, Consumer<Throwable> fail) {
        if (ToolErrors.isFatal(error)) {
            fail.accept(error);
            return;
        }
        try {
            complete(tools.errorText(call, error));
        } catch (Throwable e) {
            fail.accept(e);
        }
    }
}
