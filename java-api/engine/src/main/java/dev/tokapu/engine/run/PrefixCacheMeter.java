package dev.tokapu.engine.run;

import dev.tokapu.engine.schedule.PrefixCacheCounts;
import dev.tokapu.engine.schedule.Scheduler;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what the prefix cache of an engine does.
 *
 * <p>Thread safety: safe; the engine's thread writes.
 */
public final class PrefixCacheMeter {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");

    public final AtomicLong requests = new AtomicLong();
    public final AtomicLong hits = new AtomicLong();
    public final AtomicLong promptTokens = new AtomicLong();
    public final AtomicLong cachedTokens = new AtomicLong();
    public final AtomicLong keptTokens = new AtomicLong();
    public final AtomicLong evictedTokens = new AtomicLong();
    public final AtomicLong restoredTokens = new AtomicLong();
    public final AtomicLong sequences = new AtomicLong();
    public final AtomicLong cells = new AtomicLong();
    public final AtomicLong hostPrefixes = new AtomicLong();
    public final AtomicLong hostBytes = new AtomicLong();
    public final AtomicLong diskBytes = new AtomicLong();

    private long unpinned;

    void read(Scheduler<?> scheduler, @Nullable DiskPrefixes disk) {
        PrefixCacheCounts counts = scheduler.kept().counts();
        requests.lazySet(counts.requests());
        hits.lazySet(counts.hits());
        promptTokens.lazySet(counts.asked());
        cachedTokens.lazySet(counts.found());
        keptTokens.lazySet(counts.kept());
        evictedTokens.lazySet(counts.evicted());
        restoredTokens.lazySet(counts.restored());
        if (counts.unpinned() > unpinned) {
            unpinned = counts.unpinned();
            LOG.warn(
                    "A pinned prefix was let go, since no request could run otherwise: pin less, or give the KV cache more"
                            + " sequences or tokens");
        }
        sequences.lazySet(scheduler.kept().size());
        cells.lazySet(scheduler.kept().cells());
        hostPrefixes.lazySet(scheduler.tiers().size());
        hostBytes.lazySet(scheduler.tiers().bytes());
        diskBytes.lazySet(disk == null ? 0 : disk.bytes());
    }
}
