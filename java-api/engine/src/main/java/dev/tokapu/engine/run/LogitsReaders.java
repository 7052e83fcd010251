package dev.tokapu.engine.run;

import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * Reads rows of logits off the engine's thread, but no more at a time than memory should hold: what is too many the engine's
 * thread reads itself, and so waits for the others.
 *
 * <p>Thread safety: safe.
 */
public final class LogitsReaders {

    private final Executor threads;
    private final Semaphore free;

    public LogitsReaders(Executor threads, int mostRows) {
        this.threads = threads;
        this.free = new Semaphore(mostRows);
    }

    public void read(Runnable row) {
        if (!free.tryAcquire()) {
            row.run();
            return;
        }
        threads.execute(() -> {
            try {
                row.run();
            } finally {
                free.release();
            }
        });
    }
}
