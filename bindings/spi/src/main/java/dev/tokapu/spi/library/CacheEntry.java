package dev.tokapu.spi.library;

import dev.tokapu.spi.NativeLoadException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * One folder of the cache, written once for all JVMs and never changed: its name carries the hash of its content.
 *
 * <p>It is written under a temporary name beside the target and renamed when it is finished. A file lock keeps other
 * processes, class loaders and threads from doing the same work. {@code complete}, written last, lists the sizes.
 */
public final class CacheEntry {

    /** What belongs into the folder. */
    public interface Content {

        /**
         * Writes all files and compares each with its checksum on the way.
         *
         * @param folder where to
         * @throws IOException when one cannot be read or written
         */
        void writeTo(Path folder) throws IOException;

        /**
         * Whether the files of a finished folder have the right checksums.
         *
         * @param folder the folder
         * @return false when one is damaged
         * @throws IOException when one cannot be read
         */
        boolean isIn(Path folder) throws IOException;
    }

    private static final String STAMP = "complete";
    private static final long LOCK_TIMEOUT_MILLIS = 120_000;
    private static final Object LOCK = new Object();

    private final Path parent;
    private final Path target;

    /**
     * Creates one.
     *
     * @param cache the cache directory
     * @param name the name of the folder; it holds a hash of the content
     */
    public CacheEntry(Path cache, String name) {
        this.parent = cache.resolve("native");
        this.target = parent.resolve(name);
    }

    /**
     * The folder, filled now if it is not there yet.
     *
     * @param content its content
     * @param source where the content comes from, for messages
     * @param verify whether to compare the checksums of files that are there already, not only their sizes
     * @return the folder
     */
    public Path fill(Content content, String source, boolean verify) {
        try {
            if (isComplete(content, verify)) {
                return target;
            }
            Files.createDirectories(parent);
            synchronized (LOCK) {
                Path lockFile = parent.resolve(target.getFileName() + ".lock");
                try (FileChannel channel =
                                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = lock(channel, lockFile)) {
                    // Another process may have done it while this one waited.
                    if (!lock.isValid() || !isComplete(content, verify)) {
                        write(content);
                    }
                    return target;
                }
            }
        } catch (IOException e) {
            throw new NativeLoadException(
                    "Cannot extract the native libraries of " + source + " to " + target + ": " + e + ". Set -D"
                            + NativeLibraries.CACHE_PROPERTY + " to a directory that can be written.",
                    e);
        }
    }

    /** FileChannel.lock() throws when another class loader of this JVM holds the lock: it is waited for here. */
    private static FileLock lock(FileChannel channel, Path lockFile) throws IOException {
        long end = System.nanoTime() + LOCK_TIMEOUT_MILLIS * 1_000_000;
        while (true) {
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException e) {
                // Held inside this JVM: the same as held by another process.
            }
            if (System.nanoTime() - end > 0) {
                throw new IOException(
                        "another process has held " + lockFile + " for " + LOCK_TIMEOUT_MILLIS / 1000 + " seconds");
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for " + lockFile, e);
            }
        }
    }

    private boolean isComplete(Content content, boolean verify) {
        Path stamp = target.resolve(STAMP);
        if (!Files.isRegularFile(stamp)) {
            return false;
        }
        try {
            for (String line : Files.readAllLines(stamp, StandardCharsets.UTF_8)) {
                String[] parts = line.split("\t", 2);
                if (Files.size(target.resolve(parts[1])) != Long.parseLong(parts[0])) {
                    return false;
                }
            }
            return !verify || content.isIn(target);
        } catch (IOException | RuntimeException e) {
            // Damaged, or being replaced by another process right now: the lock sorts it out.
            return false;
        }
    }

    private void write(Content content) throws IOException {
        String prefix = '.' + target.getFileName().toString() + '-';
        try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, prefix + '*')) {
            // From a process that was killed here; nobody else is inside, the lock is held.
            left.forEach(CacheEntry::delete);
        }
        Path temp = Files.createTempDirectory(parent, prefix);
        try {
            content.writeTo(temp);
            Files.write(temp.resolve(STAMP), sizes(temp).getBytes(StandardCharsets.UTF_8));
            moveAside();
            Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(temp);
        }
    }

    private static String sizes(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.sorted().toList();
        }
        StringBuilder sizes = new StringBuilder();
        for (Path file : files) {
            sizes.append(Files.size(file))
                    .append('\t')
                    .append(file.getFileName())
                    .append('\n');
        }
        return sizes.toString();
    }

    /** An incomplete or damaged folder makes room; a JVM that has mapped its files keeps them. */
    private void moveAside() throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        for (int i = 0; ; i++) {
            Path aside = parent.resolve('.' + target.getFileName().toString() + ".damaged-" + i);
            if (Files.exists(aside)) {
                delete(aside);
            }
            try {
                Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
                delete(aside);
                return;
            } catch (FileAlreadyExistsException e) {
                if (i == 100) {
                    throw e;
                }
            }
        }
    }

    /** Deletes a folder and its files, as far as that is possible. */
    static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException | RuntimeException e) {
            // Windows keeps files that are in use; what is left does no harm.
        }
    }
}
