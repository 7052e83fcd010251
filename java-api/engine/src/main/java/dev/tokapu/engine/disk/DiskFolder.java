package dev.tokapu.engine.disk;

import dev.tokapu.internal.disk.DirectoryLock;
import dev.tokapu.internal.disk.OwnerOnly;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a tier, locked. Names of files say nothing of what is in them; files with other names are never touched.
 *
 * <p>Thread safety: safe.
 */
final class DiskFolder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");

    private static final String SUFFIX = ".tokapu-prefix";
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}" + Pattern.quote(SUFFIX));
    private static final Pattern LEFTOVER = Pattern.compile("\\.tokapu-.*\\.part"); // of AtomicFile
    private static final int NAME_BYTES = 16;

    private final SecureRandom random = new SecureRandom();
    private final Path path;
    private final DirectoryLock lock;

    private DiskFolder(Path path, DirectoryLock lock) {
        this.path = path;
        this.lock = lock;
    }

    static DiskFolder open(Path directory) throws IOException {
        Path path = directory.toAbsolutePath();
        create(path);
        try {
            return locked(path);
        } catch (AccessDeniedException e) {
            throw refusal(path, "cannot be written; check its permissions, or name another directory", e);
        }
    }

    private static DiskFolder locked(Path path) throws IOException {
        DirectoryLock lock = DirectoryLock.acquire(path);
        if (lock == null) {
            throw refusal(path, "is used by another engine; close that one, or name another directory", null);
        }
        DiskFolder folder = new DiskFolder(path, lock);
        boolean usable = false;
        try {
            folder.deleteLeftovers();
            usable = true;
            return folder;
        } finally {
            if (!usable) {
                folder.close();
            }
        }
    }

    private static void create(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            String permissions = OwnerOnly.othersMayUse(path);
            if (!permissions.isEmpty()) {
                LOG.warn(
                        "Others than its owner may use the directory of the prefix cache, {} ({}). Its files are for the owner"
                                + " alone; chmod 700 keeps their number and sizes private, too",
                        path,
                        permissions);
            }
            return;
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw refusal(path, "is no directory; name one for the prefix cache", null);
        }
        try {
            Files.createDirectories(path, OwnerOnly.directory(path));
        } catch (FileSystemException e) {
            throw refusal(path, "cannot be created (" + e + "); name another directory", e);
        }
    }

    private static IOException refusal(Path path, String reason, @Nullable Exception cause) {
        IOException refusal = new FileSystemException(path.toString(), null, reason);
        if (cause != null) {
            refusal.initCause(cause);
        }
        return refusal;
    }

    /** What a process left that was killed while it wrote: nobody else writes here. */
    private void deleteLeftovers() throws IOException {
        for (Path file : list(LEFTOVER)) {
            delete(file);
        }
    }

    /** The files that have names as this class gives them. */
    List<Path> files() throws IOException {
        return list(NAME);
    }

    private List<Path> list(Pattern name) throws IOException {
        List<Path> files = new ArrayList<>();
        DirectoryStream.Filter<Path> filter =
                file -> name.matcher(String.valueOf(file.getFileName())).matches()
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(path, filter)) {
            stream.forEach(files::add);
        }
        return files;
    }

    /** A file that is not there yet. */
    Path newFile() {
        byte[] name = new byte[NAME_BYTES];
        random.nextBytes(name);
        return path.resolve(HexFormat.of().formatHex(name) + SUFFIX);
    }

    /** Deletes a file; false when it is still there. */
    boolean delete(Path file) {
        try {
            Files.deleteIfExists(file);
            return true;
        } catch (IOException e) {
            LOG.warn("A file of the prefix cache cannot be deleted: {}", e.toString());
            return false;
        }
    }

    /** Notes that an entry was used, for the time after a restart. */
    static void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
        } catch (IOException e) {
            LOG.debug("A use of the prefix cache cannot be noted: {}", e.toString());
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /** Releases the lock. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.debug("Releasing the lock of {}: {}", path, e.toString());
        }
    }
}
