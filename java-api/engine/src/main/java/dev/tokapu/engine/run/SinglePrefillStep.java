package dev.tokapu.engine.run;

import dev.tokapu.Context;
import dev.tokapu.engine.schedule.ScheduledRequest;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A step that prefills the prompt of one request and nothing else. When the request is cancelled or its deadline passes, no other
 * request loses anything by aborting it, and a step of hundreds of tokens takes seconds on a CPU.
 *
 * <p>Thread safety: safe.
 */
public final class SinglePrefillStep {

    private static final long AGAIN_NANOS = 1_000_000; // an abort does nothing until the step is inside of llama.cpp

    private final Context context;
    private volatile @Nullable Thread watcher;
    private @Nullable ScheduledRequest<?> scheduled; // guarded by this
    private boolean unwanted; // guarded by this

    SinglePrefillStep(Context context) {
        this.context = context;
    }

    /** The thread that calls {@link #watch}; it is woken when it has to do so earlier than it was told. */
    public void wakes(Thread thread) {
        watcher = thread;
    }

    /** The engine's thread: the step begins; {@link #ends} must follow. */
    void begins(ScheduledRequest<?> alone, boolean cancelled) {
        synchronized (this) {
            scheduled = alone;
            unwanted = cancelled;
        }
        if (cancelled || alone.deadline() != Long.MAX_VALUE) {
            wake();
        }
    }

    /** The engine's thread: the step has ended, and no abort can hit the next one. */
    synchronized void ends() {
        scheduled = null;
    }

    /** Any thread: aborts the step if it is of this request, which must have been cancelled before. */
    public void abort(ScheduledRequest<?> cancelled) {
        synchronized (this) {
            if (scheduled != cancelled) {
                return;
            }
            unwanted = true;
            context.abort();
        }
        wake();
    }

    private void wake() {
        Thread thread = watcher;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Aborts the step if that is due; the nanoseconds until it may be. */
    synchronized long watch(long now) {
        if (scheduled == null) {
            return Long.MAX_VALUE;
        }
        if (!unwanted && now < scheduled.deadline()) {
            return scheduled.deadline() - now;
        }
        context.abort();
        return AGAIN_NANOS;
    }
}
