package dev.tokapu.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BooleanSupplier;

/** The right to download one file, which one thread of one process has at a time. */
final class DownloadLock implements AutoCloseable {

    private static final long PAUSE_MILLIS = 50;

    private final FileChannel channel;

    private DownloadLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits until nobody else downloads the file.
     *
     * @param file an empty file that stays
     * @param goesOn asked while waiting
     */
    static DownloadLock acquire(Path file, BooleanSupplier goesOn) throws IOException, InterruptedException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            while (!isLocked(channel)) {
                if (!goesOn.getAsBoolean()) {
                    throw new java.util.concurrent.CancellationException("the download was cancelled");
                }
                Thread.sleep(PAUSE_MILLIS);
            }
            return new DownloadLock(channel);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // another thread has it
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
