package dev.tokapu.engine.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the states of entries, one after the other, on a thread of its own.
 *
 * <p>Thread safety: safe.
 */
final class DiskReader<S> {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");

    private final DiskFiles files;
    private final String key;
    private final DiskTier.Format<S> format;
    private final DiskThread thread;
    private volatile boolean stopped;

    DiskReader(DiskFiles files, String key, DiskTier.Format<S> format, DiskThread thread) {
        this.files = files;
        this.key = key;
        this.format = format;
        this.thread = thread;
    }

    void load(DiskEntry entry, Consumer<@Nullable S> loaded) {
        Load job = new Load(entry, loaded);
        files.index().used(entry); // so that it is not evicted before it is read
        if (!thread.execute(job)) {
            job.abandon();
        }
    }

    void stop() {
        stopped = true;
        thread.stop();
    }

    private final class Load implements DiskThread.Job {

        private final DiskEntry entry;
        private final Consumer<@Nullable S> loaded;

        Load(DiskEntry entry, Consumer<@Nullable S> loaded) {
            this.entry = entry;
            this.loaded = loaded;
        }

        @Override
        public void run() {
            S state = files.index().has(entry) && !stopped ? read() : null;
            DiskThread.callBack(() -> loaded.accept(state));
        }

        @Override
        public void abandon() {
            DiskThread.callBack(() -> loaded.accept(null));
        }

        private @Nullable S read() {
            try (InputStream in = Files.newInputStream(entry.file())) {
                return state(in);
            } catch (NoSuchFileException e) {
                files.remove(entry.serial());
            } catch (IOException | RuntimeException | Error e) {
                LOG.warn("A file of the prefix cache cannot be read: {}: {}", entry.file(), e.toString());
            }
            return null;
        }

        private @Nullable S state(InputStream in) {
            EntryHeader expected = new EntryHeader(key, entry.scope().tenant(), entry.tokens());
            S state;
            try {
                state = EntryFile.read(in, entry.bytes(), expected, format);
            } catch (IOException | RuntimeException e) {
                if (!stopped && files.remove(entry.serial())) {
                    files.meter().damaged.incrementAndGet();
                    LOG.warn("A file of the prefix cache is damaged and deleted: {}: {}", entry.file(), e.toString());
                }
                return null;
            }
            if (!files.index().used(entry)) {
                format.discard(state); // evicted meanwhile
                return null;
            }
            DiskFolder.touch(entry.file());
            files.meter().loaded.incrementAndGet();
            return state;
        }
    }
}
