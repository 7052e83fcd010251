package dev.tokapu.engine.run;

import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.PrefixTiers;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes what is kept to the disk when an engine ends, for the next start, as far as that does not take too long.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
record KeptSaver(DiskPrefixes disk, PrefixTiers tiers, KvOperations kvCache, SequenceStates states) {

    private static final long LONGEST = 5_000_000_000L;
    private static final long SHORT_PAUSE = 1_000_000;

    /** With a plan that is needed no more. */
    void save(Plan<EngineTask> plan) {
        long end = System.nanoTime() + LONGEST;
        tiers.savesAhead(true);
        tiers.endAll(plan);
        copy(plan);
        while (System.nanoTime() < end) {
            if (disk.isFull()) {
                LockSupport.parkNanos(this, SHORT_PAUSE);
            } else if (tiers.planSave(plan)) {
                copy(plan);
            } else {
                return;
            }
        }
    }

    private void copy(Plan<EngineTask> plan) {
        plan.operations().forEach(kvCache::apply);
        states.proceed(0, 0);
    }
}
