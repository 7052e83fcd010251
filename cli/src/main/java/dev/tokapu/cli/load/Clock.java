package dev.tokapu.cli.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The time that a load is sent by; tests bring their own. */
public interface Clock {

    /** The machine's. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void sleepUntil(long nanoTime) throws InterruptedException {
            for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(left);
            }
        }

        @Override
        public void after(long nanoseconds, Runnable task) {
            CompletableFuture.delayedExecutor(nanoseconds, TimeUnit.NANOSECONDS).execute(task);
        }
    };

    /** As {@link System#nanoTime()}. */
    long nanoTime();

    /**
     * Returns at this time, or at once where it has passed.
     *
     * @param nanoTime when
     * @throws InterruptedException if this thread is interrupted
     */
    void sleepUntil(long nanoTime) throws InterruptedException;

    /**
     * Runs a task later, in any thread; returns at once.
     *
     * @param nanoseconds from now
     * @param task does not block
     */
    void after(long nanoseconds, Runnable task);
}
