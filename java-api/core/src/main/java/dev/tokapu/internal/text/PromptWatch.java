package dev.tokapu.internal.text;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Aborts the prefill of a prompt, which may take minutes inside of one call, when its thread is interrupted or its time is over. One
 * daemon thread does it for all; it is there only while prompts are prefilled.
 *
 * <p>Thread safety: safe.
 */
final class PromptWatch implements Runnable {

    private static final long LOOK_MILLIS = 20;
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private final TokenSource source;
    private final Thread reader;
    private final long deadline;

    private PromptWatch(TokenSource source, Thread reader, long deadline) {
        this.source = source;
        this.reader = reader;
        this.deadline = deadline;
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "tokapu-prompt-watch");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(1, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        return timer;
    }

    /**
     * Lets a source process its prompt.
     *
     * @param deadline {@link System#nanoTime()} from which on it expires; {@link Long#MAX_VALUE} for never
     */
    static TokenSource.Step start(TokenSource source, long deadline) {
        Future<?> watch = TIMER.scheduleWithFixedDelay(
                new PromptWatch(source, Thread.currentThread(), deadline),
                LOOK_MILLIS,
                LOOK_MILLIS,
                TimeUnit.MILLISECONDS);
        try {
            return source.start();
        } finally {
            watch.cancel(false);
        }
    }

    /** Again and again, since an abort does nothing before the call is inside of llama.cpp. */
    @Override
    public void run() {
        if (reader.isInterrupted()) {
            source.abort();
        } else if (System.nanoTime() >= deadline) {
            source.expire();
        }
    }
}
