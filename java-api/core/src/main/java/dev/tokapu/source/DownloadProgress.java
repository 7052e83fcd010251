package dev.tokapu.source;

/**
 * Is told how far a download is, ten times a second at most.
 *
 * <p>Thread safety: called by the thread that asked for the download.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface DownloadProgress {

    /**
     * Is told how far it is.
     *
     * @param download how far
     * @return whether to go on; false cancels the download with a {@link java.util.concurrent.CancellationException}
     */
    boolean onProgress(Download download);

    /** {@return one that writes a line to the log at level INFO when a file begins, every ten seconds, and when it is complete} */
    static DownloadProgress logged() {
        return new DownloadLog();
    }
}
