package dev.tokapu.internal.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The exclusive right to use a directory, until it is closed or the process ends.
 *
 * <p>Thread safety: safe.
 */
public final class DirectoryLock implements AutoCloseable {

    private static final String FILE = ".tokapu-lock";

    /** The directories that this JVM has locked: closing a second channel on a lock file would release the first one's lock. */
    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    private final Object directory;
    private final FileChannel channel;

    private DirectoryLock(Object directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** {@return the lock; null when somebody else has it, in this process or another} */
    public static @Nullable DirectoryLock acquire(Path directory) throws IOException {
        Object key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        Object identity = key == null ? directory.toRealPath() : key;
        if (!HELD.add(identity)) {
            return null;
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(
                    directory.resolve(FILE),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                    OwnerOnly.file(directory));
            locked = channel.tryLock() != null;
            return locked ? new DirectoryLock(identity, channel) : null;
        } catch (OverlappingFileLockException e) { // by another class loader of this JVM
            return null;
        } finally {
            if (!locked) {
                HELD.remove(identity);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    /** Releases it, once: somebody else may have it then. */
    @Override
    public synchronized void close() throws IOException {
        if (channel.isOpen()) {
            try {
                channel.close();
            } finally {
                HELD.remove(directory);
            }
        }
    }
}
