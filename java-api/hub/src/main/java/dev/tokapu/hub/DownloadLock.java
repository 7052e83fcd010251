package dev.tokapu.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** The right to download one file, which one thread of one process has at a time. */
final class DownloadLock implements AutoCloseable {

    private static final long PAUSE_MILLIS = 50;

    /** The files that this JVM has locked: closing a second channel on a lock file would release the first one's lock. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private DownloadLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Waits until nobody else downloads the file.
     *
     * @param file an empty file that stays
     * @param goesOn asked while waiting
     */
    static DownloadLock acquire(Path file, BooleanSupplier goesOn) throws IOException, InterruptedException {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        Files.createDirectories(folder);
        Path real = folder.toRealPath().resolve(String.valueOf(file.getFileName()));
        while (!HELD.add(real)) {
            pause(goesOn);
        }
        try {
            return new DownloadLock(real, lock(real, goesOn));
        } catch (Throwable e) {
            HELD.remove(real);
            throw e;
        }
    }

    private static FileChannel lock(Path file, BooleanSupplier goesOn) throws IOException, InterruptedException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            while (!isLocked(channel)) {
                pause(goesOn);
            }
            return channel;
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    private static void pause(BooleanSupplier goesOn) throws InterruptedException {
        if (!goesOn.getAsBoolean()) {
            throw new CancellationException("the download was cancelled");
        }
        Thread.sleep(PAUSE_MILLIS);
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // by another class loader of this JVM
        }
    }

    /** Releases it, once: somebody else may have it then. */
    @Override
    public synchronized void close() throws IOException {
        if (channel.isOpen()) {
            try {
                channel.close();
            } finally {
                HELD.remove(file);
            }
        }
    }
}
