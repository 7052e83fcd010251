package dev.tokapu.engine;

import dev.tokapu.internal.util.Durations;
import java.time.Duration;

/** Threads that do not keep the JVM running. */
final class DaemonThreads {

    private DaemonThreads() {}

    /** A thread that is not started yet. */
    static Thread of(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Waits for the end of a thread, also when interrupted, which it is again afterwards; false when it goes on. */
    static boolean join(Thread thread, Duration most) {
        boolean interrupted = false;
        long start = System.nanoTime();
        long nanos = Durations.of(most);
        try {
            while (thread.isAlive()) {
                long left = nanos - (System.nanoTime() - start);
                if (left <= 0) {
                    return false;
                }
                try {
                    thread.join(Math.max(1, left / 1_000_000));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
