package dev.tokapu.tool;

import dev.tokapu.internal.util.Checks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Calls of tools that are running.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class ToolRun implements AutoCloseable {

    private final Tools tools;
    private final List<RunningCall> calls;
    private final Object lock = new Object();
    private boolean ended;
    private @Nullable Thread starter;

    ToolRun(Tools tools, List<ToolCall> calls) {
        this.tools = tools;
        this.calls = calls.stream().map(RunningCall::new).toList();
    }

    ToolRun start(@Nullable Duration limit) {
        if (limit != null) {
            Checks.positive("limit", limit);
            CompletableFuture<?> timer =
                    Timers.after(limit, () -> end(call -> call.complete("the call was not done when the time was up")));
            CompletableFuture<?>[] results =
                    calls.stream().map(RunningCall::result).toArray(CompletableFuture<?>[]::new);
            var unused = CompletableFuture.allOf(results).whenComplete((all, failure) -> timer.cancel(false));
        }
        if (tools.parallel() && !asks()) {
            startAll();
        } else {
            synchronized (lock) {
                starter = ToolThreads.start("tokapu-tools", this::startAll);
            }
        }
        return this;
    }

    private boolean asks() {
        return tools.approval() != null || tools.tools().stream().anyMatch(tool -> tool.approval() != null);
    }

    /** Checks, asks and starts one after the other. */
    private void startAll() {
        try {
            for (RunningCall call : calls) {
                Tool tool = tools.find(call.call().name()).orElse(null);
                if (tool == null) {
                    call.complete(ToolErrors.unknown(call.call(), tools));
                } else {
                    start(call, tool);
                }
                if (!tools.parallel() && !isOver(call)) {
                    return;
                }
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void start(RunningCall call, Tool tool) {
        Callable<String> body = bind(call, tool);
        if (body == null || !isApproved(call, tool)) {
            return;
        }
        Duration timeout = tool.timeout() == null ? tools.timeout() : tool.timeout();
        Runnable task;
        synchronized (lock) {
            if (ended) {
                return;
            }
            task = call.task(body, timeout, tools, this::fail);
        }
        tools.executor().execute(task);
    }

    /** What runs a call; null when its arguments do not fit. */
    private @Nullable Callable<String> bind(RunningCall running, Tool tool) {
        ToolCall call = running.call();
        try {
            return tool.bind(call.arguments());
        } catch (IllegalArgumentException e) {
            running.complete(ToolErrors.misfit(call, e));
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            running.complete(ToolResult.error(call, tools.errorText(call, e)));
        }
        return null;
    }

    private boolean isApproved(RunningCall running, Tool tool) {
        List<ToolApproval> hooks = new ArrayList<>();
        Stream.of(tool.approval(), tools.approval()).filter(Objects::nonNull).forEach(hooks::add);
        for (ToolApproval hook : hooks) {
            ToolApproval.Decision decision = hook.decide(running.call());
            if (!decision.approved()) {
                running.complete(ToolErrors.refused(running.call(), decision.reason()));
                return false;
            }
        }
        return true;
    }

    /** Waits until a call has its result; false when the run has ended. */
    private boolean isOver(RunningCall call) {
        try {
            call.result().get();
            return true;
        } catch (InterruptedException e) {
            cancel(); // a hook may have interrupted its thread
            return false;
        } catch (ExecutionException | CancellationException e) {
            return false;
        }
    }

    /**
     * Waits for all calls.
     *
     * @return the results, in the order of the calls
     * @throws CancellationException when {@link #cancel} was called, or this thread is interrupted: then its interrupt status
     *     stays set, and the running calls are interrupted
     */
    public List<ToolResult> results() {
        try {
            List<ToolResult> results = new ArrayList<>();
            for (RunningCall call : calls) {
                results.add(call.result().get());
            }
            return results;
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            throw cancellation("the thread that waits for the tools was interrupted", e);
        } catch (ExecutionException e) {
            throw ToolRun.<RuntimeException>failure(e.getCause());
        } catch (CancellationException e) {
            throw cancellation("the tool calls were cancelled", e);
        }
    }

    private static CancellationException cancellation(String message, Exception cause) {
        CancellationException exception = new CancellationException(message);
        exception.initCause(cause);
        return exception;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // a hook written in Kotlin may throw anything
    private static <E extends Throwable> E failure(@Nullable Throwable cause) throws E {
        throw (E) (cause == null ? new CancellationException() : cause);
    }

    /** {@return whether all results are there} */
    public boolean isDone() {
        return calls.stream().allMatch(call -> call.result().isDone());
    }

    /** Ends what runs: bodies and hooks are interrupted, further calls do not begin, and {@link #results} throws. */
    public void cancel() {
        end(call -> call.result().cancel(false));
    }

    /** Does what {@link #cancel} does with calls that are not done. */
    @Override
    public void close() {
        cancel();
    }

    private void fail(Throwable failure) {
        end(call -> call.result().completeExceptionally(failure));
    }

    private void end(Consumer<RunningCall> result) {
        Thread asking;
        synchronized (lock) {
            if (ended) {
                return;
            }
            ended = true;
            asking = starter;
        }
        calls.forEach(result);
        calls.forEach(RunningCall::stop);
        if (asking != null && asking != Thread.currentThread()) {
            asking.interrupt();
        }
    }
}
