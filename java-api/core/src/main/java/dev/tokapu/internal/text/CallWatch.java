package dev.tokapu.internal.text;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Looks again and again, while a call is inside of llama.cpp, whether it is to be aborted: it may take minutes. One daemon thread looks
 * for all calls; it is there only while there are some.
 *
 * <p>Thread safety: safe.
 */
public final class CallWatch {

    private static final long LOOK_MILLIS = 20;
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private CallWatch() {}

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "tokapu-call-watch");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(1, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        return timer;
    }

    /**
     * Makes a call.
     *
     * @param look looks whether to abort it, and does; again and again, since an abort does nothing before the call is inside of llama.cpp
     * @param call the call
     * @return its result
     */
    public static <T> T during(Runnable look, Supplier<T> call) {
        Future<?> watch = TIMER.scheduleWithFixedDelay(look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        try {
            return call.get();
        } finally {
            watch.cancel(false);
        }
    }
}
