package dev.tokapu.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets ctrl-C end a command in order: when the JVM is about to stop, native work in progress is cancelled and waited for, so
 * that no library is torn down under a running computation. The JVM sets the exit code, 130.
 */
final class Interrupt {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Object lock = new Object();
    private volatile boolean requested;
    private @Nullable Runnable cancel;

    Interrupt() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "tokapu-interrupt"));
    }

    /** Whether the JVM is about to stop. */
    boolean isRequested() {
        return requested;
    }

    /** Runs native work; {@code stop}, called from another thread, makes it end soon. Does not return once the JVM stops. */
    <T> T guard(Runnable stop, Supplier<T> work) {
        stayWhenRequested();
        synchronized (lock) {
            cancel = stop;
        }
        try {
            return work.get();
        } finally {
            synchronized (lock) {
                cancel = null;
                lock.notifyAll();
            }
            stayWhenRequested();
        }
    }

    private void stayWhenRequested() {
        while (requested) {
            LockSupport.park(this);
        }
    }

    private void stop() {
        requested = true;
        long end = System.nanoTime() + PATIENCE_NANOS;
        synchronized (lock) {
            if (cancel != null) {
                cancel.run();
            }
            try {
                while (cancel != null && System.nanoTime() < end) {
                    lock.wait(100);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
