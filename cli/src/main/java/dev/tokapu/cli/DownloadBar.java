package dev.tokapu.cli;

import dev.tokapu.source.Download;
import dev.tokapu.source.DownloadProgress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows on one line how far a download is; ctrl-C ends it. */
final class DownloadBar implements DownloadProgress {

    private final @Nullable Console console;
    private final Interrupt interrupt;
    private boolean shown;

    /** Without a console it shows nothing. */
    DownloadBar(@Nullable Console console, Interrupt interrupt) {
        this.console = console;
        this.interrupt = interrupt;
    }

    @Override
    public boolean onProgress(Download download) {
        if (console != null) {
            shown = true;
            console.status(text(download));
        }
        return !interrupt.isRequested();
    }

    static String text(Download download) {
        String bytes = Units.bytes(download.bytes());
        if (download.total() <= 0) {
            return download.bytes() == 0 ? "Asking for " + download.file() : download.file() + ' ' + bytes;
        }
        long percent = download.bytes() * 100 / download.total();
        if (download.verifying()) {
            return "Checking " + download.file() + ' ' + percent + " %";
        }
        String text = download.file() + ' ' + percent + " % of " + Units.bytes(download.total());
        double rate = download.bytesPerSecond();
        if (rate <= 0) {
            return text;
        }
        long left = (long) ((download.total() - download.bytes()) / rate);
        return text
                + String.format(Locale.ROOT, ", %s/s, %d:%02d left", Units.bytes((long) rate), left / 60, left % 60);
    }

    void clear() {
        if (console != null && shown) {
            console.status("");
        }
    }
}
