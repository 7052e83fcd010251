package dev.tokapu.internal.natives;

import dev.tokapu.spi.library.FilePaths;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Names by which native code finds files while this is open. Where the locale lost letters of a path, Java still has its bytes and
 * opens it; native code then opens it once more by its descriptor.
 *
 * <p>Thread safety: none; for one call of one thread.
 */
public final class NativePaths implements AutoCloseable {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final List<FileChannel> channels = new ArrayList<>();

    /** Creates one, with nothing open. */
    public NativePaths() {}

    /**
     * The name of a file.
     *
     * @return its path as text, or another that leads to it
     */
    public String of(Path path) {
        if (FilePaths.isPortable(path) || !Files.isRegularFile(path)) {
            return path.toString();
        }
        try {
            channels.add(FileChannel.open(path));
            try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
                for (Path descriptor : descriptors) {
                    if (Files.exists(descriptor) && Files.isSameFile(descriptor, path)) {
                        return descriptor.toString();
                    }
                }
            }
        } catch (IOException e) {
            // The native code says what is wrong with it.
        }
        return path.toString();
    }

    @Override
    public void close() {
        for (FileChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException e) {
                // It was only read.
            }
        }
    }
}
