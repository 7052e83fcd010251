package dev.tokapu.server.files;

import dev.tokapu.server.http.Upload;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A file that arrives: it counts as one that is kept, until it is kept or the request is over. */
final class IncomingFile implements Upload {

    private final String tenant;
    private final Path file;
    private final long most;
    private final FileUsage usage;
    private final Consumer<IncomingFile> onClose;
    private long bytes; // with the lock of this, as the following
    private boolean over;

    IncomingFile(String tenant, Path file, long most, FileUsage usage, Consumer<IncomingFile> onClose) {
        this.tenant = tenant;
        this.file = file;
        this.most = most;
        this.usage = usage;
        this.onClose = onClose;
    }

    @Override
    public Path file() {
        return file;
    }

    String tenant() {
        return tenant;
    }

    synchronized long bytes() {
        return bytes;
    }

    @Override
    public synchronized void more(int count) {
        if (bytes + count > most) {
            throw new ProblemException(
                    Problem.of(Kind.TOO_LARGE, "the file is longer than " + most + " bytes; split it into several")
                            .withCode("file_too_large"));
        }
        if (!over) {
            usage.take(tenant, 0, count);
            bytes += count;
        }
    }

    /** It is kept from now on, and what it counts with it; whether the request was not over before. */
    synchronized boolean keep() {
        boolean open = !over;
        over = true;
        return open;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            usage.add(tenant, -1, -bytes);
        }
        onClose.accept(this);
    }
}
