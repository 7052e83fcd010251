package dev.tokapu.server.disk;

import dev.tokapu.internal.disk.DirectoryLock;
import dev.tokapu.internal.disk.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A folder that one server at a time writes to. What is below it is its owner's alone to read. Files appear whole, by a move, after their
 * bytes are on the disk: a process that dies leaves nothing half written under a file's own name.
 *
 * <p>Thread safety: safe, as long as two threads do not write to one file.
 *
 * @since 0.1
 */
public final class DataFolder implements AutoCloseable {

    private static final String UNFINISHED = ".tmp";

    private final Path root;
    private final DirectoryLock lock;
    private final Step step;

    /** Called before each change of the disk; tests have it fail there. */
    @FunctionalInterface
    interface Step {
        void before(String change) throws IOException;
    }

    private DataFolder(Path root, DirectoryLock lock, Step step) {
        this.root = root;
        this.lock = lock;
        this.step = step;
    }

    /**
     * Opens a folder, which is made where there is none.
     *
     * @param root the folder
     * @return it, locked until it is closed
     * @throws IllegalArgumentException when it cannot be used, or another server uses it
     */
    public static DataFolder open(Path root) {
        return open(root, change -> {});
    }

    static DataFolder open(Path root, Step step) {
        try {
            if (!Files.isDirectory(root)) {
                Files.createDirectories(root, OwnerOnly.directory(root));
            }
            DirectoryLock lock = DirectoryLock.acquire(root);
            if (lock != null) {
                return new DataFolder(root, lock, step);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("the folder " + root + " cannot be written: " + e, e);
        }
        throw new IllegalArgumentException(
                "the folder " + root + " is in use by another server; give each a folder of its own");
    }

    /**
     * Tells what {@link #open} would refuse, and changes nothing. Whether another server uses the folder is not looked at.
     *
     * @param root the folder
     * @throws IllegalArgumentException when it cannot be used
     */
    public static void check(Path root) {
        Path existing = root.toAbsolutePath();
        while (existing != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
            throw new IllegalArgumentException("the folder " + root + " cannot be written: " + existing
                    + " is no folder that this user may write to");
        }
    }

    private static FileChannel create(Path file, OpenOption... options) throws IOException {
        return FileChannel.open(file, Set.of(options), OwnerOnly.file(file));
    }

    /** {@return a folder below it, which is made where there is none} */
    public Path folder(String name) throws IOException {
        Path folder = root.resolve(name);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            step.before("folder");
            Files.createDirectory(folder, OwnerOnly.directory(root));
        }
        return folder;
    }

    /**
     * What is in a folder, without what a process left that has died, which is removed.
     *
     * @param folder the folder
     * @param ours tells whether a name is one that the caller gives; files with other names are never touched
     * @return the files and folders, by name
     */
    public List<Path> list(Path folder, Predicate<String> ours) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                String name = String.valueOf(file.getFileName());
                if (ours.test(name)) {
                    found.add(file);
                } else if (name.endsWith(UNFINISHED)
                        && ours.test(name.substring(0, name.length() - UNFINISHED.length()))) {
                    delete(file);
                }
            }
        }
        Collections.sort(found);
        return found;
    }

    /** Writes a file, or writes it anew: afterwards all of it is on the disk, or nothing has changed. */
    public void write(Path file, byte[] content) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try {
            step.before("write");
            try (FileChannel channel = create(
                    unfinished,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                append(channel, content);
                channel.force(true);
            }
            move(unfinished, file);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
    }

    /** Gives a file that is complete its name, once its bytes are on the disk. */
    public void move(Path from, Path to) throws IOException {
        try (FileChannel channel = FileChannel.open(from, StandardOpenOption.WRITE)) {
            step.before("force");
            channel.force(true);
        }
        step.before("move");
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        forceFolder(to);
    }

    /** Names are on the disk once their folder is. */
    private void forceFolder(Path file) throws IOException {
        Path parent = file.getParent();
        if (parent != null && OwnerOnly.isPosix(parent)) {
            step.before("force folder");
            try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** {@return a file that grows, at its end; it is made where there is none} */
    public FileChannel grow(Path file) throws IOException {
        step.before("open");
        FileChannel channel =
                create(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.position(channel.size());
        return channel;
    }

    /** Writes all of it at the end of a file; where that fails, the file is as long as before. */
    public void append(FileChannel channel, byte[] content) throws IOException {
        long before = channel.position();
        try {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                step.before("append");
                channel.write(rest);
            }
        } catch (IOException e) {
            channel.truncate(before);
            throw e;
        }
    }

    /** Deletes a file, or a folder with its files; nothing where there is none. */
    public void delete(Path file) throws IOException {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.list(file)) {
                for (Path one : files.toList()) {
                    step.before("delete");
                    Files.deleteIfExists(one);
                }
            }
        }
        step.before("delete");
        Files.deleteIfExists(file);
    }

    /** Lets other servers use it. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + root + " cannot be unlocked: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
