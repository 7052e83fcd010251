package dev.tokapu.engine.disk;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what a {@link DiskTier} does.
 *
 * <p>Thread safety: safe.
 */
final class DiskMeter {

    final AtomicLong written = new AtomicLong();
    final AtomicLong loaded = new AtomicLong();
    final AtomicLong evicted = new AtomicLong();
    final AtomicLong damaged = new AtomicLong();
    final AtomicLong failedWrites = new AtomicLong();

    DiskCounts counts() {
        return new DiskCounts(written.get(), loaded.get(), evicted.get(), damaged.get(), failedWrites.get());
    }
}
