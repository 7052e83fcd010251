package dev.tokapu.engine;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at an engine's step from a thread of its own and reports one that takes too long, once.
 *
 * <p>Thread safety: safe.
 */
final class Watchdog implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    /** What is done about it. */
    interface Report {

        /** A step hangs. */
        void hanging(Duration since, StackTraceElement[] stack);
    }

    private final LongSupplier stepStarted;
    private final Thread watched;
    private final long limit;
    private final Report report;
    private long reported;

    Watchdog(LongSupplier stepStarted, Thread watched, Duration limit, Report report) {
        this.stepStarted = stepStarted;
        this.watched = watched;
        this.limit = Nanos.of(limit);
        this.report = report;
    }

    @Override
    public void run() {
        long pause = Math.max(1, Math.min(1000, limit / 4_000_000));
        while (watched.isAlive()) {
            look(System.nanoTime());
            try {
                watched.join(pause);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void look(long now) {
        long started = stepStarted.getAsLong();
        if (started == 0 || started == reported || now - started < limit) {
            return;
        }
        reported = started;
        Duration since = Duration.ofNanos(now - started);
        LOG.warn(
                "A step of the engine takes {} ms by now: the device may hang, or the limit is too short",
                since.toMillis());
        report.hanging(since, watched.getStackTrace());
    }
}
