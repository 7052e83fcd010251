package dev.tokapu.spark;

import dev.tokapu.engine.Engine;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.jspecify.annotations.Nullable;

/** The engine as a task uses it, until it ends. */
final class TaskCalls implements RowCalls, AutoCloseable {

    private static final long LOOK_MILLIS = 200; // at whether the task was killed

    private final SharedPool.Lease<ExecutorEngines.Served> lease;
    private final RowCalls calls;
    private final @Nullable TaskContext task;

    TaskCalls(SharedPool.Lease<ExecutorEngines.Served> lease, RowCalls calls) {
        this.lease = lease;
        this.calls = calls;
        this.task = TaskContext.get();
    }

    /** {@return the engine of this executor for an operation, which is started unless it runs} */
    static TaskCalls open(TokapuSparkOptions options, Operation operation) {
        SharedPool.Lease<ExecutorEngines.Served> lease =
                ExecutorEngines.acquire(EngineKey.of(options, operation.purpose()), options.idleTimeout());
        try {
            return new TaskCalls(lease, operation.open(lease.value().engine(), options));
        } catch (Throwable e) {
            lease.close();
            throw e;
        }
    }

    Engine engine() {
        return lease.value().engine();
    }

    @Override
    public RowCall begin(String... texts) {
        return calls.begin(texts);
    }

    /** Waits for the end of a row. */
    void await(CompletableFuture<?> end) throws ExecutionException {
        while (true) {
            requireAlive();
            try {
                end.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                // It is still computed.
            } catch (CancellationException e) {
                throw new IllegalStateException("the engine was closed while it computed a row", e);
            } catch (InterruptedException e) {
                throw killed();
            }
        }
    }

    /** Waits for room in the queue. */
    void pause(Duration time) {
        requireAlive();
        try {
            Thread.sleep(Math.min(LOOK_MILLIS, Math.max(1, time.toMillis())));
        } catch (InterruptedException e) {
            throw killed();
        }
    }

    private void requireAlive() {
        if (task != null && task.isInterrupted()) {
            throw killed();
        }
    }

    private static RuntimeException killed() {
        Thread.currentThread().interrupt();
        return new TaskKilledException("the task was killed while it waited for an engine");
    }

    @Override
    public void close() {
        lease.close();
    }
}
