package dev.tokapu.server.disk;

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
 * The right of one server to use a folder, until it is closed or its process ends.
 *
 * <p>Thread safety: safe.
 */
final class FolderLock implements AutoCloseable {

    private static final String FILE = ".tokapu-lock";

    /** The folders that this JVM has locked: closing a second channel on a lock file would release the first one's lock. */
    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    private final Object folder;
    private final FileChannel channel;

    private FolderLock(Object folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** The lock; null when another server has it. */
    static @Nullable FolderLock acquire(Path folder) throws IOException {
        Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
        Object identity = key == null ? folder.toRealPath() : key;
        if (!HELD.add(identity)) {
            return null;
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(
                    folder.resolve(FILE),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                    OwnerOnly.file(folder));
            locked = channel.tryLock() != null;
            return locked ? new FolderLock(identity, channel) : null;
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
                HELD.remove(folder);
            }
        }
    }
}
