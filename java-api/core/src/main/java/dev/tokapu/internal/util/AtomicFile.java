package dev.tokapu.internal.util;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.UUID;

/**
 * Files that are there whole or not at all.
 *
 * <p>Thread safety: safe, no state.
 */
public final class AtomicFile {

    private static final int MOST_LINKS = 40; // as Linux

    /** What goes into a file. */
    @FunctionalInterface
    public interface Content {

        /**
         * Writes it.
         *
         * @throws IOException when writing fails
         */
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Writes a file beside its place and moves it there once everything is written.
     *
     * <p>A symbolic link stays: the file that it names is replaced, and keeps its permissions. A device or a pipe is written to. So is a
     * file that cannot be replaced, because its folder is read-only or it is a mount point itself: only such a file may be left half
     * written.
     *
     * @param file the file, replaced when it exists; otherwise created for its owner alone
     * @param content what goes into it
     * @throws IOException when writing fails; the file is as before
     */
    public static void write(Path file, Content content) throws IOException {
        write(file, content, false);
    }

    /**
     * As {@link #write(Path, Content)}, for content that may come from the file itself: one in a read-only folder is refused. A new file
     * gets the permissions that the process gives its files.
     *
     * @param file the file, replaced when it exists
     * @param content what goes into it
     * @throws IOException when writing fails; the file is as before
     */
    public static void writeShared(Path file, Content content) throws IOException {
        write(file, content, true);
    }

    private static void write(Path file, Content content, boolean shared) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a directory; name a file in it");
        }
        Path target = target(file);
        if (Files.exists(file)) {
            if (!Files.isRegularFile(file) || !Files.isSameFile(file, target)) {
                writeThrough(file, content);
                return;
            }
            if (!Files.isWritable(target)) {
                throw new AccessDeniedException(target.toString(), null, "cannot be written; check its permissions");
            }
        }
        replace(target, content, shared);
    }

    /** The file at the end of symbolic links, there or not. */
    private static Path target(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MOST_LINKS) {
                throw new FileSystemLoopException(file.toString());
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    private static void replace(Path target, Content content, boolean shared) throws IOException {
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new NoSuchFileException(String.valueOf(folder), null, "is no folder; create it first");
        }
        boolean there = Files.exists(target);
        if (there && !Files.isWritable(folder)) {
            if (shared) {
                throw new AccessDeniedException(folder.toString(), null, "is read-only; choose another folder");
            }
            writeThrough(target, content);
            return;
        }
        Path temporary = shared
                ? Files.createFile(folder.resolve(".tokapu-" + UUID.randomUUID() + ".part"))
                : Files.createTempFile(folder, ".tokapu-", ".part");
        try {
            writeThrough(temporary, content);
            if (there) {
                copyAccess(target, temporary);
            }
            move(temporary, target, there);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** A file that is a mount point can be written and not replaced. */
    private static void move(Path temporary, Path target, boolean there) throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!there || !Files.isRegularFile(target)) {
                throw e;
            }
            writeThrough(target, out -> Files.copy(temporary, out));
        }
    }

    /** A pipe has nothing to be cut off, and a device refuses to be created. */
    private static void writeThrough(Path file, Content content) throws IOException {
        boolean regular = Files.isRegularFile(file);
        try (OutputStream out = new BufferedOutputStream(
                regular
                        ? Files.newOutputStream(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        : Files.newOutputStream(file, StandardOpenOption.WRITE),
                1 << 16)) {
            content.writeTo(out);
        }
    }

    private static void copyAccess(Path from, Path to) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        PosixFileAttributeView existing = Files.getFileAttributeView(from, PosixFileAttributeView.class);
        if (view == null || existing == null) {
            return;
        }
        PosixFileAttributes before = existing.readAttributes();
        PosixFileAttributes now = view.readAttributes();
        if (!before.owner().equals(now.owner()) || !before.group().equals(now.group())) {
            try {
                view.setGroup(before.group());
                view.setOwner(before.owner());
            } catch (FileSystemException e) {
                // Only root may give files away: the file now belongs to this user.
            }
        }
        view.setPermissions(before.permissions());
    }
}
