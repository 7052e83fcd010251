package dev.tokapu.engine.disk;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon thread that does one job after the other.
 *
 * <p>Thread safety: safe.
 */
final class DiskThread {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");

    /** What is done, or else abandoned. */
    interface Job extends Runnable {

        /** The thread ends before it got to it. */
        void abandon();
    }

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor executor;

    DiskThread(String name) {
        executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            threads.add(thread);
            return thread;
        });
        executor.prestartAllCoreThreads();
    }

    /** Queues a job; false when the thread ends. */
    boolean execute(Job job) {
        try {
            executor.execute(job);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Takes no further jobs, and waits until all are done; false when time is over before, or the caller is interrupted. */
    boolean finish(long nanos) {
        executor.shutdown();
        try {
            boolean finished = executor.awaitTermination(nanos, TimeUnit.NANOSECONDS);
            for (Thread thread : finished ? threads : Set.<Thread>of()) {
                thread.join(); // it has nothing more to do
            }
            return finished;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Interrupts the running job and abandons the queued ones. */
    void stop() {
        executor.shutdownNow().forEach(job -> ((Job) job).abandon());
    }

    /** Waits for the end of a thread that was told to stop, though the caller may be interrupted. */
    void waitForEnd(long nanos) {
        boolean interrupted = Thread.interrupted();
        finish(nanos);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs what others handed in. */
    static void callBack(Runnable callback) {
        try {
            callback.run();
        } catch (Throwable e) {
            LOG.error("A callback of the prefix cache has failed", e);
        }
    }
}
