package dev.tokapu.internal.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the bytes of a model were found.
 *
 * <p>Thread safety: immutable.
 */
public sealed interface ModelLocation {

    /** {@return the size of a model, all its files together, in bytes; 0 when it is unknown} */
    default long bytes() {
        try {
            if (this instanceof Files files) {
                long sum = 0;
                for (Path path : files.paths) {
                    sum += java.nio.file.Files.size(path);
                }
                return sum;
            }
            if (this instanceof Range range) {
                return range.size;
            }
            Descriptor open = (Descriptor) this;
            return open.size > 0 ? open.size : java.nio.file.Files.size(open.path()) - open.offset;
        } catch (IOException e) {
            return 0; // loading it tells why
        }
    }

    /**
     * Whole files.
     *
     * @param paths one file, or the parts of a split model in order
     */
    record Files(List<Path> paths) implements ModelLocation {}

    /**
     * A part of a file.
     *
     * @param offset where it begins, in bytes
     */
    record Range(Path path, long offset, long size) implements ModelLocation {}

    /**
     * A part of an open file.
     *
     * @param offset where it begins, in bytes
     * @param size its bytes, 0 for all to the end
     */
    record Descriptor(int fd, long offset, long size) implements ModelLocation {

        /** The name by which it can be opened once more. */
        Path path() {
            return Path.of("/proc/self/fd/" + fd);
        }
    }
}
