package dev.tokapu.benchmarks.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The time that a load is sent by; tests bring their own. */
interface Clock {

    /** The machine's. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void sleepUntil(long nanoTime) {
            for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
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
     */
    void sleepUntil(long nanoTime);

    /**
     * Runs a task later, in any thread; returns at once.
     *
     * @param nanoseconds from now
     * @param task does not block
     */
    void after(long nanoseconds, Runnable task);
}
