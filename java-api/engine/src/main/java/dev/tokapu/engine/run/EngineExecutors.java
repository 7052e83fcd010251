package dev.tokapu.engine.run;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The threads behind the decoding one: some make text of tokens, and others, as many as it takes, run what users hand in.
 *
 * <p>Thread safety: safe.
 */
public final class EngineExecutors {

    private static final int MOST_TEXT_THREADS = 4;
    private static final int LISTENER_THREADS = 2;
    private static final int PLACES =
            16; // for each sequence: answers that ended and are not read to the end take some, too
    private static final long OWN_NANOS = 2_000_000_000; // that threads are waited for at the end
    private static final long USERS_NANOS = 100_000_000; // those with users' code
    private static final long LOOK_AGAIN_MILLIS = 20;

    private final Set<StageThread> threads = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor text;
    private final ThreadPoolExecutor rows;
    private final ThreadPoolExecutor callbacks;
    private final ThreadPoolExecutor listeners;

    public EngineExecutors(String name, int sequences) {
        int most = Math.max(1, Math.min(MOST_TEXT_THREADS, Runtime.getRuntime().availableProcessors() / 2));
        // An array, since a list would allocate for each token; an answer is in it at most once. When a crowd ends at
        // once and fills
        // it, the thread that ends them lends a hand.
        text = pool(name + "-text", most, most, new ArrayBlockingQueue<>(PLACES * sequences));
        text.setRejectedExecutionHandler(new ThreadPoolExecutor.CallerRunsPolicy());
        rows = pool(name + "-rows", most, most, new LinkedBlockingQueue<>());
        callbacks = pool(name + "-callback", 0, Integer.MAX_VALUE, new SynchronousQueue<>());
        listeners = pool(name + "-listener", LISTENER_THREADS, LISTENER_THREADS, new LinkedBlockingQueue<>());
    }

    private ThreadPoolExecutor pool(String name, int core, int most, BlockingQueue<Runnable> queue) {
        // Never shut down: closing the engine must not lose the ends of its answers. Idle threads end by themselves.
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(core, most, 10, TimeUnit.SECONDS, queue, StageThread.factory(name, threads));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Makes text of new tokens; a text that asks users' criteria must not hold up the others. */
    public void execute(Runnable answer, boolean runsUserCode) {
        if (runsUserCode) {
            callbacks.execute(answer);
        } else {
            text.execute(answer);
        }
    }

    /** Reads rows of logits, which would hold up texts. */
    public Executor rows() {
        return rows;
    }

    /** Completes a future. Its dependents are the user's code, and each has a thread, since it may wait for another one. */
    public void complete(CompletableFuture<?> future, Runnable completion) {
        try {
            callbacks.execute(() -> {
                if (future.getNumberOfDependents() > 0) {
                    StageThread.runUserCode(completion);
                } else {
                    completion.run();
                }
            });
        } catch (OutOfMemoryError e) { // no thread can be started; the waiting thread must not wait for ever
            completion.run();
        }
    }

    /** Tells a listener. Events for a slow listener are queued, rather than getting a thread each. */
    public void tell(Runnable listener) {
        listeners.execute(() -> StageThread.runUserCode(listener));
    }

    /** Lets threads go that have nothing to do, now and from now on. */
    public void release() {
        for (ThreadPoolExecutor pool : List.of(text, rows, callbacks, listeners)) {
            pool.setKeepAliveTime(1, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Lets threads go and waits for them, though not for long, and hardly for one that runs users' code: a class loader may be closed
     * right after the engine.
     */
    public void close() {
        release();
        long begin = System.nanoTime();
        Predicate<StageThread> awaited = thread -> thread.isAlive()
                && thread != Thread.currentThread()
                && System.nanoTime() - begin < (thread.runsUserCode() ? USERS_NANOS : OWN_NANOS);
        boolean interrupted = false;
        while (threads.stream().anyMatch(awaited)) {
            for (StageThread thread : threads) {
                try {
                    if (awaited.test(thread)) {
                        thread.join(LOOK_AGAIN_MILLIS);
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
