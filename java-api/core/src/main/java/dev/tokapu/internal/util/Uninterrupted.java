package dev.tokapu.internal.util;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Short reads and writes of files in threads that may be interrupted: the interrupt would close the channel. It is kept for what comes after.
 *
 * <p>Thread safety: safe, no state.
 */
public final class Uninterrupted {

    /** What is done with a file, possibly more than once. */
    @FunctionalInterface
    public interface Use<T> {

        /**
         * Does it.
         *
         * @throws IOException when reading or writing fails
         */
        T with(FileChannel channel) throws IOException;
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
    public static <T> T read(Path file, Use<T> reading) throws IOException {
        return use(file, reading, StandardOpenOption.READ);
    }

    /**
     * Uses a file, again from the beginning when an interrupt comes meanwhile.
     *
     * @param file the file
     * @param use what is done; it may throw an exception whose cause is that of the channel
     * @param options how the file is opened
     * @return what came of it
     * @throws IOException when that fails
     */
    public static <T> T use(Path file, Use<T> use, OpenOption... options) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try (FileChannel channel = FileChannel.open(file, options)) {
                    return use.with(channel);
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
