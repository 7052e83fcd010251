package dev.tokapu.engine;

import dev.tokapu.engine.disk.DiskEntry;
import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.run.DiskPrefixes;
import dev.tokapu.engine.schedule.SavedPrefix;
import dev.tokapu.engine.schedule.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a scheduler keeps, in all tiers; between two steps. */
record PrefixEntries(Scheduler<?> scheduler, @Nullable DiskPrefixes disk, int sequences) {

    List<CachedPrefix> list() {
        List<CachedPrefix> entries = new ArrayList<>();
        for (int slot = 0; slot < sequences; slot++) {
            CachedSequence kept = scheduler.kept().get(slot);
            if (kept != null) {
                entries.add(new CachedPrefix(
                        kept.serial(),
                        CacheTier.DEVICE,
                        slot,
                        kept.length(),
                        tenant(kept.scope()),
                        kept.scope().isPublic(),
                        kept.isPinned(),
                        kept.uses()));
            }
        }
        for (SavedPrefix saved : scheduler.tiers().saved()) {
            entries.add(new CachedPrefix(
                    saved.serial(),
                    CacheTier.HOST,
                    -1,
                    saved.length(),
                    tenant(saved.scope()),
                    saved.scope().isPublic(),
                    saved.isPinned(),
                    saved.uses()));
        }
        for (DiskEntry stored : disk == null ? List.<DiskEntry>of() : disk.entries()) {
            entries.add(new CachedPrefix(
                    stored.serial(),
                    CacheTier.DISK,
                    -1,
                    stored.length(),
                    tenant(stored.scope()),
                    stored.scope().isPublic(),
                    false,
                    0));
        }
        return entries;
    }

    private static String tenant(PrefixScope scope) {
        return scope.isPublic()
                ? SchedulingOptions.DEFAULT_TENANT
                : scope.tenant().toString();
    }

    boolean pin(long id, boolean value) {
        return scheduler.kept().pin(id, value) || scheduler.tiers().pin(id, value);
    }

    boolean evict(long id) {
        return scheduler.kept().evict(id) || scheduler.tiers().evict(id) || (disk != null && disk.evict(id));
    }

    /** Evicts all that is of some scopes; returns how many entries there were. */
    int evictIf(Predicate<PrefixScope> scopes) {
        int evicted = disk == null ? 0 : disk.evictIf(scopes);
        evicted += scheduler.kept().evictIf(scopes);
        for (SavedPrefix saved : scheduler.tiers().saved()) {
            evicted += scopes.test(saved.scope()) && scheduler.tiers().evict(saved.serial()) ? 1 : 0;
        }
        return evicted;
    }
}
