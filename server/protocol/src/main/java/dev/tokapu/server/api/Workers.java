package dev.tokapu.server.api;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a server, apart from its event loop: some prepare calls (rendering and tokenizing), others write answers, so that long
 * prompts hold up no answer. One thread watches the time.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Workers implements AutoCloseable {

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int IDLE_SECONDS = 10;

    private final ThreadPoolExecutor calls;
    private final ThreadPoolExecutor answers;
    private final ScheduledThreadPoolExecutor timer;

    /**
     * Creates them; they start as they are needed, and end when they are not.
     *
     * @param threads how many prepare calls, and how many write answers
     * @param waiting how many calls wait for a thread at most
     */
    public Workers(int threads, int waiting) {
        this.calls = pool("tokapu-server-call", threads, new ArrayBlockingQueue<>(waiting));
        this.answers = pool("tokapu-server-answer", threads, new LinkedBlockingQueue<>());
        this.timer = new ScheduledThreadPoolExecutor(1, factory("tokapu-server-timer"));
        timer.setRemoveOnCancelPolicy(true);
    }

    private static ThreadPoolExecutor pool(String name, int threads, BlockingQueue<Runnable> queue) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, queue, factory(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory factory(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + '-' + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Prepares a call, or refuses it when too many wait. */
    void call(Runnable call) {
        try {
            calls.execute(call);
        } catch (RejectedExecutionException e) {
            throw new ProblemException(
                    Problem.of(Kind.UNAVAILABLE, "too many calls wait to be read; try again")
                            .withCode("overloaded")
                            .withRetryAfter(RETRY),
                    e);
        }
    }

    /** {@return the threads that write answers} */
    public Executor answers() {
        return answers;
    }

    /**
     * Runs something later, on the thread that watches the time.
     *
     * @param action what to run; it must not wait
     * @param delay how long from now
     * @return what cancels it
     */
    public Runnable later(Runnable action, Duration delay) {
        try {
            ScheduledFuture<?> future = timer.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) { // the server is closed
            return () -> {};
        }
    }

    /** Starts nothing more; what runs comes to its end. */
    @Override
    public void close() {
        timer.shutdownNow();
        calls.shutdown();
        answers.shutdown();
    }
}
