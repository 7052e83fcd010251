package dev.tokapu.internal.util;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Short reads of files in threads that may be interrupted: the interrupt would close the channel. It is kept for what comes after.
 *
 * <p>Thread safety: safe, no state.
 */
public final class Uninterrupted {

    /** What is read from a file, possibly more than once. */
    @FunctionalInterface
    public interface Reading<T> {

        /**
         * Reads it.
         *
         * @throws IOException when reading fails
         */
        T from(FileChannel channel) throws IOException;
    }

    private Uninterrupted() {}

    /**
     * Reads from a file, again from the beginning when an interrupt comes meanwhile.
     *
     * @param file the file
     * @param reading what is read; it may throw an exception whose cause is that of the channel
     * @return what was read
     * @throws IOException when reading fails
     */
    public static <T> T read(Path file, Reading<T> reading) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    return reading.from(channel);
                } catch (IOException | RuntimeException e) {
                    if (!(e instanceof ClosedByInterruptException)
                            && !(e.getCause() instanceof ClosedByInterruptException)) {
                        throw e;
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
