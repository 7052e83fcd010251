package dev.tokapu.engine.disk;

/**
 * What a {@link DiskTier} has done since it was opened.
 *
 * <p>Thread safety: immutable.
 *
 * @param written entries that were written
 * @param loaded entries that were loaded
 * @param evicted files that were deleted to make room
 * @param damaged files that were deleted because they were damaged
 * @param failedWrites entries that could not be written
 */
public record DiskCounts(long written, long loaded, long evicted, long damaged, long failedWrites) {}
