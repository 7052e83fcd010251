package dev.tokapu.engine.disk;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.internal.util.AtomicFile;
import dev.tokapu.internal.util.IntList;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes entries, one after the other, on a thread of its own.
 *
 * <p>Thread safety: safe.
 */
final class DiskWriter<S> {

    private final DiskFiles files;
    private final String key;
    private final DiskTier.Format<S> format;
    private final WriteFailures failures;
    private final DiskThread thread;

    DiskWriter(DiskFiles files, String key, DiskTier.Format<S> format, WriteFailures failures, DiskThread thread) {
        this.files = files;
        this.key = key;
        this.format = format;
        this.failures = failures;
        this.thread = thread;
    }

    boolean store(PrefixScope scope, IntList tokens, S state, Consumer<S> done) {
        if (failures.isPaused()) {
            return false;
        }
        EntryHeader header = new EntryHeader(key, scope.tenant(), tokens);
        PendingEntry entry = new PendingEntry(scope, tokens, EntryFile.size(header, format.bytes(state)));
        if (!files.index().queue(entry)) {
            return false;
        }
        boolean queued = thread.execute(new Write(header, entry, state, done));
        if (!queued) {
            files.index().finish(entry);
        }
        return queued;
    }

    private final class Write implements DiskThread.Job {

        private final EntryHeader header;
        private final PendingEntry entry;
        private final S state;
        private final Consumer<S> done;

        Write(EntryHeader header, PendingEntry entry, S state, Consumer<S> done) {
            this.header = header;
            this.entry = entry;
            this.state = state;
            this.done = done;
        }

        @Override
        public void run() {
            try {
                if (!failures.isPaused() && write()) {
                    failures.succeeded();
                }
            } catch (Throwable e) {
                if (!entry.isCancelled()) {
                    files.meter().failedWrites.incrementAndGet();
                    failures.failed(e);
                }
            }
            end();
        }

        @Override
        public void abandon() {
            end();
        }

        private void end() {
            files.index().finish(entry);
            DiskThread.callBack(() -> done.accept(state));
        }

        /** False when it is not wanted any more. */
        private boolean write() throws IOException {
            List<StoredFile> inTheWay = files.index().start(entry);
            if (inTheWay == null) {
                return false;
            }
            if (!files.evict(inTheWay)) {
                throw new FileSystemException(files.toString(), null, "older files cannot be deleted");
            }
            Path file = files.folder().newFile();
            AtomicFile.write(
                    file, out -> EntryFile.write(header, state, format, new CancellableOutputStream(out, entry)));
            files.delete(files.index().written(entry, file, Files.size(file)));
            files.evict(files.index().evictExcess()); // when it is larger than its format said
            if (entry.isCancelled()) {
                return false;
            }
            files.meter().written.incrementAndGet();
            return true;
        }
    }
}
