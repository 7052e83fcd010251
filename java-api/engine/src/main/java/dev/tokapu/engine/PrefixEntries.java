package dev.tokapu.engine;

import dev.tokapu.LoraSet;
import dev.tokapu.engine.disk.DiskEntry;
import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.run.DiskPrefixes;
import dev.tokapu.engine.run.EngineLoop;
import dev.tokapu.engine.run.SavedSequence;
import dev.tokapu.engine.schedule.SavedPrefix;
import dev.tokapu.engine.schedule.Scheduler;
import dev.tokapu.internal.util.IntList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a scheduler keeps, in all tiers; between two steps. */
record PrefixEntries(
        EngineLoop loop, Scheduler<?> scheduler, @Nullable DiskPrefixes disk, int sequences) {

    PrefixEntries(EngineLoop loop, int sequences) {
        this(loop, loop.scheduler(), loop.disk(), sequences);
    }

    /** An entry, with what stays inside the engine. */
    record Entry(CachedPrefix prefix, PrefixScope scope, IntList list) {

        LoraSet adapters() {
            return scope.adapters() instanceof LoraSet set ? set : LoraSet.NONE;
        }

        int[] tokens() {
            return list.toArray(prefix.tokens());
        }
    }

    List<Entry> all() {
        List<Entry> entries = new ArrayList<>();
        for (int slot = 0; slot < sequences; slot++) {
            CachedSequence kept = scheduler.kept().get(slot);
            if (kept != null) {
                entries.add(new Entry(
                        new CachedPrefix(
                                kept.serial(),
                                CacheTier.DEVICE,
                                slot,
                                kept.length(),
                                tenant(kept.scope()),
                                kept.scope().isPublic(),
                                kept.isPinned(),
                                kept.uses()),
                        kept.scope(),
                        kept.tokens()));
            }
        }
        for (SavedPrefix saved : scheduler.tiers().saved()) {
            entries.add(new Entry(
                    outside(
                            saved.serial(),
                            CacheTier.HOST,
                            saved.length(),
                            saved.scope(),
                            saved.isPinned(),
                            saved.uses()),
                    saved.scope(),
                    saved.tokens()));
        }
        for (DiskEntry stored : disk == null ? List.<DiskEntry>of() : disk.entries()) {
            entries.add(new Entry(
                    outside(stored.serial(), CacheTier.DISK, stored.length(), stored.scope(), false, 0),
                    stored.scope(),
                    stored.tokens()));
        }
        return entries;
    }

    private static CachedPrefix outside(
            long id, CacheTier tier, int tokens, PrefixScope scope, boolean pinned, int uses) {
        return new CachedPrefix(id, tier, -1, tokens, tenant(scope), scope.isPublic(), pinned, uses);
    }

    private static String tenant(PrefixScope scope) {
        return scope.isPublic()
                ? SchedulingOptions.DEFAULT_TENANT
                : scope.tenant().toString();
    }

    List<CachedPrefix> list() {
        return all().stream().map(Entry::prefix).toList();
    }

    /** Keys and values of an entry, to be closed; null when it is gone. */
    CompletableFuture<@Nullable SavedSequence> state(long id) {
        CachedSequence kept = scheduler.kept().find(id);
        if (kept != null) {
            return CompletableFuture.completedFuture(loop.take(kept));
        }
        for (SavedPrefix saved : scheduler.tiers().saved()) {
            if (saved.serial() == id && saved.state() instanceof SavedSequence state) {
                return CompletableFuture.completedFuture(state.hold());
            }
        }
        return disk == null ? CompletableFuture.completedFuture(null) : disk.state(id);
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
