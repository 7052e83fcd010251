package dev.tokapu.engine.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The right of one engine to use a directory, until it is closed or its process ends.
 *
 * <p>Thread safety: safe.
 */
final class DirectoryLock implements AutoCloseable {

    private static final String FILE = ".tokapu-lock";

    /** The directories that this JVM has locked: closing a second channel on a lock file would release the first one's lock. */
    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    private final Object directory;
    private final FileChannel channel;

    private DirectoryLock(Object directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    static DirectoryLock acquire(Path directory) throws IOException {
        Object identity = identity(directory);
        if (!HELD.add(identity)) {
            throw isUsed(directory);
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(
                    directory.resolve(FILE),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                    OwnerOnly.file(directory));
            locked = lock(channel, directory) != null;
            if (!locked) {
                throw isUsed(directory);
            }
            return new DirectoryLock(identity, channel);
        } finally {
            if (!locked) {
                HELD.remove(identity);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    /** Null when another process has it. */
    private static @Nullable FileLock lock(FileChannel channel, Path directory) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            throw isUsed(directory); // by another class loader of this JVM
        }
    }

    private static IOException isUsed(Path directory) {
        return new FileSystemException(
                directory.toString(), null, "is used by another engine; close that one, or name another directory");
    }

    /** The same for all paths that lead to a directory. */
    private static Object identity(Path directory) throws IOException {
        Object key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        return key == null ? directory.toRealPath() : key;
    }

    /** Releases it, once: somebody else may have it then. */
    @Override
    public synchronized void close() throws IOException {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
        } finally {
            HELD.remove(directory);
        }
    }
}
