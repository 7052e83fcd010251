package dev.tokapu.hub;

import dev.tokapu.source.Download;
import dev.tokapu.source.DownloadProgress;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/** Tells a listener how far a file is, not too often, and how fast it comes. Used by the thread that asked for the download. */
final class Meter {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final double NANOS = 1e9;
    private static final double NEW = 0.1; // the part of the latest rate in the one that is told

    private final DownloadProgress listener;
    private final RemoteFile file;
    private long lastBytes = -1;
    private long lastNanos;
    private double rate;
    private boolean told;

    Meter(DownloadProgress listener, RemoteFile file) {
        this.listener = listener;
        this.file = file;
    }

    /** What has come; throws a CancellationException when that is the wish. */
    void received(long bytes, long total) {
        long now = System.nanoTime();
        if (told && now - lastNanos < PAUSE_NANOS && bytes != total) {
            return;
        }
        if (lastBytes >= 0 && bytes > lastBytes && now > lastNanos) {
            double latest = (bytes - lastBytes) * NANOS / (now - lastNanos);
            rate = rate == 0 ? latest : (1 - NEW) * rate + NEW * latest;
        }
        lastBytes = bytes;
        lastNanos = now;
        tell(bytes, total, false);
    }

    void verified(long bytes, long total) {
        long now = System.nanoTime();
        if (now - lastNanos >= PAUSE_NANOS) {
            lastNanos = now;
            tell(bytes, total, true);
        }
    }

    private void tell(long bytes, long total, boolean verifying) {
        told = true;
        if (!listener.onProgress(new Download(file.name(), file.sha256(), bytes, total, rate, verifying))) {
            throw new CancellationException("the download of " + file.name() + " was cancelled; what has come is kept");
        }
    }

    /** Whether to go on waiting, when nothing has come. */
    boolean waits() {
        return listener.onProgress(new Download(file.name(), file.sha256(), 0, file.size(), 0, false));
    }
}
