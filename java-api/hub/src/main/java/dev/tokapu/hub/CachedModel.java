package dev.tokapu.hub;

import java.nio.file.Path;

/**
 * A model of a hub that is on this machine.
 *
 * <p>Thread safety: immutable.
 *
 * @param name its name, by which it can be loaded; of a web server the address without its query, which may be a secret. Where several models have the
 *     same one, that address loads none of them
 * @param file its file, of a split model the first
 * @param bytes the size of all its files
 * @since 0.1
 */
public record CachedModel(String name, Path file, long bytes) {}
