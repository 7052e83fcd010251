package dev.tokapu.internal;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the bytes of a model were found.
 *
 * <p>Thread safety: immutable.
 */
public sealed interface ModelLocation {

    /**
     * Whole files.
     *
     * @param paths one file, or the parts of a split model in order
     */
    record Files(List<Path> paths) implements ModelLocation {}

    /**
     * A part of a file.
     *
     * @param path the file
     * @param offset where it begins, in bytes
     * @param size its bytes
     */
    record Range(Path path, long offset, long size) implements ModelLocation {}

    /**
     * A part of an open file.
     *
     * @param fd the descriptor
     * @param offset where it begins, in bytes
     * @param size its bytes, 0 for all to the end
     */
    record Descriptor(int fd, long offset, long size) implements ModelLocation {}
}
