package dev.tokapu.engine.disk;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.internal.util.Durations;
import dev.tokapu.internal.util.IntList;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A directory of saved prefixes: what a prefix cache keeps across restarts, one file an entry, within a number of bytes. The least recently
 * used entries go first. Files are written and read by two threads of its own.
 *
 * <p>A file is there whole or not at all, and one that is damaged is deleted rather than used. The directory belongs to one open tier at a
 * time.
 *
 * <p>Thread safety: safe. No lock is held while a state is written or read; callbacks run on the threads of the tier and must not wait for
 * it.
 *
 * @param <S> the state of a sequence
 */
public final class DiskTier<S> implements AutoCloseable {

    private static final Duration WRITE_PAUSE = Duration.ofSeconds(5);
    private static final Duration CLOSE_PAUSE = Duration.ofSeconds(10);
    private static final long STOP_NANOS = 2_000_000_000; // for a job that was told to stop

    /**
     * How a state becomes bytes and back.
     *
     * @param <S> the state of a sequence
     */
    public interface Format<S> {

        /**
         * Says how large a state is.
         *
         * @param state the state
         * @return about the number of bytes that {@link #write} writes
         */
        long bytes(S state);

        /**
         * Writes a state.
         *
         * @param state the state
         * @param out where to; stays open
         * @throws IOException when writing fails
         */
        void write(S state, OutputStream out) throws IOException;

        /**
         * Reads a state.
         *
         * @param in as many bytes as were written
         * @return the state
         * @throws IOException when reading fails, or the state is damaged; so does any RuntimeException
         */
        S read(InputStream in) throws IOException;

        /**
         * Frees a state that was read and is not handed on.
         *
         * @param state the state
         */
        void discard(S state);
    }

    private final Object adapters;
    private final String key;
    private final DiskFiles files;
    private final DiskThread writes;
    private final DiskThread reads;
    private final DiskWriter<S> writer;
    private final DiskReader<S> reader;

    private DiskTier(
            DiskFiles files, String key, Object adapters, Format<S> format, String threadName, Duration writePause) {
        this.files = files;
        this.key = key;
        this.adapters = adapters;
        this.writes = new DiskThread(threadName + "-disk-writer");
        this.reads = new DiskThread(threadName + "-disk-reader");
        this.writer = new DiskWriter<>(files, key, format, new WriteFailures(files.folder(), writePause), writes);
        this.reader = new DiskReader<>(files, key, format, reads);
    }

    /**
     * Opens a directory, which is created for its owner alone if need be, and reads the headers of its files. What was saved with another
     * key stays until the room is needed.
     *
     * @param directory the directory
     * @param mostBytes how much its files may take, 0 or more
     * @param key what must be equal for a state to fit, at most 65,536 characters
     * @param adapters the adapters of the scopes that can be stored: the set without any
     * @param whole whether a state is of use only to prompts that begin with all of its tokens, since it cannot be cut
     * @param format how states become bytes
     * @param threadName what the names of its threads begin with
     * @return the tier, to be closed by the caller
     * @throws IOException when it is no directory, is used by another engine, or cannot be read and written
     */
    public static <S> DiskTier<S> open(
            Path directory,
            long mostBytes,
            String key,
            Object adapters,
            boolean whole,
            Format<S> format,
            String threadName)
            throws IOException {
        return open(directory, mostBytes, key, adapters, whole, format, threadName, WRITE_PAUSE);
    }

    /** With another pause after a write that failed. */
    static <S> DiskTier<S> open(
            Path directory,
            long mostBytes,
            String key,
            Object adapters,
            boolean whole,
            Format<S> format,
            String threadName,
            Duration writePause)
            throws IOException {
        if (key.length() > EntryHeader.MOST_TEXT) {
            throw new IllegalArgumentException("the key has " + key.length() + " characters; at most "
                    + EntryHeader.MOST_TEXT + " are possible, use a hash of it");
        }
        DiskFolder folder = DiskFolder.open(directory);
        DiskTier<S> tier = null;
        try {
            DiskFiles files = new DiskFiles(folder, new DiskIndex(mostBytes, whole), new DiskMeter());
            files.scan(key, adapters);
            tier = new DiskTier<>(files, key, adapters, format, threadName, writePause);
            return tier;
        } finally {
            if (tier == null) {
                folder.close();
            }
        }
    }

    /**
     * Looks for the longest beginning of a prompt.
     *
     * @param scope who asks
     * @param prompt its tokens
     * @param most tokens at most
     * @return what was found; null when there is nothing
     */
    public @Nullable DiskMatch match(PrefixScope scope, int[] prompt, int most) {
        return files.index().match(scope, prompt, most);
    }

    /**
     * Has a state written. An entry of the same scope that it begins with is deleted once it is there, unless states cannot be cut.
     *
     * @param scope who may share it; of the adapters of this tier, and for everybody or a tenant that is a text
     * @param tokens its tokens or more, which are copied
     * @param length how many of them it has
     * @param state the state, which must stay as it is until it is done
     * @param done gets the state back, once, when it is written or will not be
     * @return false when it is not taken, and {@code done} is not called: it cannot be stored, is there already, is larger than all that may
     *     be stored, too much is being written, the last write failed a moment ago, or the tier is closed
     */
    public boolean store(PrefixScope scope, IntList tokens, int length, S state, Consumer<S> done) {
        if (!scope.adapters().equals(adapters) || !EntryHeader.canHold(key, scope.tenant(), length)) {
            return false;
        }
        return writer.store(scope, tokens.first(length), state, done);
    }

    /**
     * Has the state of an entry read.
     *
     * @param entry the entry
     * @param loaded gets the state, which is the caller's, once; null when the entry is gone or damaged, or the tier closed
     */
    public void load(DiskEntry entry, Consumer<@Nullable S> loaded) {
        reader.load(entry, loaded);
    }

    /** {@return what is there, the least recently used entry first} */
    public List<DiskEntry> entries() {
        return files.index().entries();
    }

    /**
     * Removes an entry and deletes its file.
     *
     * @param serial its number
     * @return false when it was gone
     */
    public boolean remove(long serial) {
        return files.remove(serial);
    }

    /**
     * Removes all that is of some scopes and deletes the files: entries, what is being written, and what was saved with other keys. Files of
     * other formats, which do not show whose they are, are deleted, too. A file that is just being
     * completed is gone a moment later.
     *
     * @param scopes which ones; it is called with a lock held
     * @return how many files there were
     */
    public int removeIf(Predicate<PrefixScope> scopes) {
        List<StoredFile> removed = files.index().removeIf(scopes);
        files.delete(removed);
        return removed.size();
    }

    /** {@return whether so much waits to be written that {@link #store} takes nothing more} */
    public boolean isFull() {
        return files.index().isFull();
    }

    /** {@return whether an entry is still there} */
    public boolean has(DiskEntry entry) {
        return files.index().has(entry);
    }

    /** {@return how much its files take, other keys and formats included} */
    public long bytes() {
        return files.index().bytes();
    }

    /** {@return what it has done} */
    public DiskCounts counts() {
        return files.meter().counts();
    }

    /** Closes it as {@link #close(Duration)} does, with 10 seconds. */
    @Override
    public void close() {
        close(CLOSE_PAUSE);
    }

    /**
     * Writes what is queued as far as time allows, ends the threads and releases the directory. Loads give null from now on. Not to be
     * called by a callback.
     *
     * @param most how long to write
     * @return whether everything was written that was to be
     */
    public synchronized boolean close(Duration most) {
        files.index().close();
        reader.stop();
        boolean finished = writes.finish(Durations.of(most));
        if (!finished) {
            files.index().cancelAll();
            writes.stop();
            writes.waitForEnd(STOP_NANOS);
        }
        reads.waitForEnd(STOP_NANOS);
        files.folder().close();
        return finished;
    }
}
