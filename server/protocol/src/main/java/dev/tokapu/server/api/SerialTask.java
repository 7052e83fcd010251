package dev.tokapu.server.api;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that is done again whenever there is a reason to, by one thread at a time.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class SerialTask {

    private final Executor executor;
    private final Runnable action;
    private final AtomicInteger signals = new AtomicInteger();

    /**
     * Creates one.
     *
     * @param executor where it is done
     * @param action what is done; it throws nothing
     */
    public SerialTask(Executor executor, Runnable action) {
        this.executor = executor;
        this.action = action;
    }

    /** Has it done once more, from its beginning, after this. It does not wait. */
    public void signal() {
        if (signals.getAndIncrement() == 0) {
            execute();
        }
    }

    /** As {@link #signal()}, but on this thread unless another is doing it, so that no thread has to be woken. */
    public void signalHere() {
        if (signals.getAndIncrement() == 0) {
            run();
        }
    }

    private void run() {
        int seen = signals.get();
        try {
            action.run();
        } finally {
            // Others get their turn before it is done again.
            if (!signals.compareAndSet(seen, 0)) {
                signals.getAndSet(1);
                execute();
            }
        }
    }

    private void execute() {
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException e) { // the server is closed, and with it the connections
            signals.set(0);
        }
    }
}
