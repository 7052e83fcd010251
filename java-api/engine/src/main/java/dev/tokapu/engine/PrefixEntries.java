package dev.tokapu.engine;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.schedule.SavedPrefix;
import dev.tokapu.engine.schedule.Scheduler;
import java.util.ArrayList;
import java.util.List;

/** What a scheduler keeps, in all tiers; between two steps. */
record PrefixEntries(Scheduler<?> scheduler, int sequences) {

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
        return scheduler.kept().evict(id) || scheduler.tiers().evict(id);
    }
}
