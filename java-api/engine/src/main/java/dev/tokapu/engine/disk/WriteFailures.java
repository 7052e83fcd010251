package dev.tokapu.engine.disk;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from writes that fail: one log line for all that fail in a row, and a pause after each.
 *
 * <p>Thread safety: safe.
 */
final class WriteFailures {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");

    private final DiskFolder folder;
    private final long pauseNanos;
    private boolean failing;
    private long failedAt;

    WriteFailures(DiskFolder folder, Duration pause) {
        this.folder = folder;
        this.pauseNanos = pause.toNanos();
    }

    /** Whether it is too early to try again. */
    synchronized boolean isPaused() {
        return failing && System.nanoTime() - failedAt < pauseNanos;
    }

    synchronized void failed(Throwable failure) {
        if (!failing) {
            LOG.warn(
                    "The prefix cache cannot write to {} and goes on without until it can: {}",
                    folder,
                    failure.toString());
        }
        failing = true;
        failedAt = System.nanoTime();
    }

    synchronized void succeeded() {
        if (failing) {
            LOG.info("The prefix cache can write to {} again", folder);
        }
        failing = false;
    }
}
