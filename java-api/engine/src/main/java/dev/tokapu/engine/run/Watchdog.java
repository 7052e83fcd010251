package dev.tokapu.engine.run;

import dev.tokapu.internal.util.Durations;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at an engine from a thread of its own: reports a step that takes too long, once, and aborts one that nobody wants.
 *
 * <p>Thread safety: safe.
 */
public final class Watchdog implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");

    /** What is done about it. */
    public interface Report {

        /** A step hangs. */
        void hanging(Duration since, StackTraceElement[] stack);
    }

    private static final long LONGEST_PAUSE = 1_000_000_000;
    private static final long SHORTEST_PAUSE = 1_000_000;

    private final EngineLoop loop;
    private final Thread watched;
    private final long limit;
    private final Report report;
    private final Runnable others;
    private long reported;

    /**
     * Creates one.
     *
     * @param others is run now and then on the same thread
     */
    public Watchdog(EngineLoop loop, Thread watched, Duration limit, Report report, Runnable others) {
        this.loop = loop;
        this.watched = watched;
        this.limit = Durations.of(limit);
        this.report = report;
        this.others = others;
    }

    @Override
    public void run() {
        long pause = Math.max(SHORTEST_PAUSE, Math.min(LONGEST_PAUSE, limit / 4));
        long nextLook = System.nanoTime();
        while (!loop.isOver()) {
            long now = System.nanoTime();
            if (now - nextLook >= 0) {
                nextLook = now + pause;
                look(now);
                others.run();
            }
            LockSupport.parkNanos(
                    this, Math.min(nextLook - now, loop.singlePrefill().watch(now)));
        }
    }

    private void look(long now) {
        long started = loop.stepStarted();
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
