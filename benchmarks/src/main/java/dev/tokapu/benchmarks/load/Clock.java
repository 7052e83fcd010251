package dev.tokapu.benchmarks.load;

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
    };

    /** As {@link System#nanoTime()}. */
    long nanoTime();

    /**
     * Returns at this time, or at once where it has passed.
     *
     * @param nanoTime when
     */
    void sleepUntil(long nanoTime);
}
