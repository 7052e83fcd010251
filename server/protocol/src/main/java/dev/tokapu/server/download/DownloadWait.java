package dev.tokapu.server.download;

import dev.tokapu.source.Download;
import dev.tokapu.source.ModelSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Somebody's wait for a download.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class DownloadWait implements AutoCloseable {

    private final CompletableFuture<ModelSource> file = new CompletableFuture<>();
    private final Consumer<Download> listener;
    private final Consumer<DownloadWait> leave;

    DownloadWait(Consumer<Download> listener, Consumer<DownloadWait> leave) {
        this.listener = listener;
        this.leave = leave;
    }

    /** {@return the file, when it is there; it fails with a {@link dev.tokapu.server.problem.ProblemException}} */
    public CompletableFuture<ModelSource> file() {
        return file;
    }

    void tell(Download download) {
        listener.accept(download);
    }

    void complete(ModelSource value) {
        file.complete(value);
    }

    void fail(Throwable failure) {
        file.completeExceptionally(failure);
    }

    /** Waits no longer. Idempotent. */
    @Override
    public void close() {
        leave.accept(this);
        file.cancel(false);
    }
}
