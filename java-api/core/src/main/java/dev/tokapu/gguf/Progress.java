package dev.tokapu.gguf;

import java.util.concurrent.CancellationException;

/** Counts bytes for a listener. Thread safety: confined. */
final class Progress {

    /** A listener is called at most once in this many bytes. */
    private static final long STEP = 4 << 20;

    private final GgufProgress listener;
    private final String what;
    private final long total;
    private long done;
    private long told;

    /** The name of what is done is for the message when it is cancelled. */
    Progress(GgufProgress listener, String what, long total) {
        this.listener = listener;
        this.what = what;
        this.total = total;
    }

    void add(long bytes) {
        done += bytes;
        if (done - told >= STEP || (done >= total && done > told)) {
            told = done;
            if (!listener.onProgress(done, total)) {
                throw new CancellationException(what + " was cancelled after " + done + " of " + total + " bytes");
            }
        }
    }
}
