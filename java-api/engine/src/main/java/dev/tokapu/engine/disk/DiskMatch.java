package dev.tokapu.engine.disk;

/**
 * The longest beginning of a prompt that is on disk.
 *
 * <p>Thread safety: safe.
 *
 * @param entry an entry that begins with it
 * @param length its tokens, 1 or more
 */
public record DiskMatch(DiskEntry entry, int length) {}
