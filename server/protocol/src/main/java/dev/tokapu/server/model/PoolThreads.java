package dev.tokapu.server.model;

import dev.tokapu.server.pool.PoolTimer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The thread that loads models, and the one that knows when they are to go; they end when there is nothing to do. */
final class PoolThreads implements PoolTimer, Executor, AutoCloseable {

    private static final int IDLE_SECONDS = 10;
    private static final long LONGEST = TimeUnit.DAYS.toNanos(365);

    private final ThreadPoolExecutor loading = new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named("tokapu-server-models"));
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("tokapu-server-unload"));

    PoolThreads() {
        loading.allowCoreThreadTimeOut(true);
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
    }

    private static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void execute(Runnable task) {
        loading.execute(task);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Runnable later(Runnable action, Duration delay) {
        try {
            long nanos = delay.compareTo(Duration.ofNanos(LONGEST)) > 0 ? LONGEST : delay.toNanos();
            ScheduledFuture<?> future = timer.schedule(action, nanos, TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) { // it is closed
            return () -> {};
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        loading.shutdown();
    }
}
