package dev.tokapu.source;

import dev.tokapu.internal.util.ByteSizes;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes progress to the log. */
final class DownloadLog implements DownloadProgress {

    private static final Logger LOG = LoggerFactory.getLogger(DownloadProgress.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private String file = "";
    private long next;
    private boolean complete;

    @Override
    public boolean onProgress(Download download) {
        long now = System.nanoTime();
        boolean begins = !download.file().equals(file);
        if (begins) {
            complete = false;
        }
        if (!complete && (begins || now - next >= 0 || download.bytes() == download.total())) {
            file = download.file();
            next = now + PAUSE_NANOS;
            complete = download.bytes() == download.total();
            LOG.info("Downloading {}: {}", file, text(download));
        }
        return true;
    }

    private static String text(Download download) {
        String rate = download.bytesPerSecond() > 0
                ? String.format(Locale.ROOT, ", %s/s", ByteSizes.text((long) download.bytesPerSecond()))
                : "";
        return ByteSizes.text(download.bytes())
                + (download.total() < 0 ? "" : " of " + ByteSizes.text(download.total()))
                + rate;
    }
}
