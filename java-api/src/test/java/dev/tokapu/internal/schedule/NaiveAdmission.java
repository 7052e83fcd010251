package dev.tokapu.internal.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Admission without any shortcut: sorts the whole queue before each admission, and keeps its own account of everything. */
final class NaiveAdmission {

    private final Limits limits;
    private final List<SimulatedJob> queue = new ArrayList<>();
    private final boolean[] used;
    private final Map<Object, Long> services = new HashMap<>();
    private final Map<Object, Integer> live = new HashMap<>();
    private long reserved;
    private boolean changed;

    NaiveAdmission(Limits limits) {
        this.limits = limits;
        this.used = new boolean[limits.slots()];
    }

    int queued() {
        return queue.size();
    }

    long reserved() {
        return reserved;
    }

    int freeSlots() {
        int free = 0;
        for (boolean inUse : used) {
            free += inUse ? 0 : 1;
        }
        return free;
    }

    boolean isUsed(int slot) {
        return used[slot];
    }

    void offered(SimulatedJob job) {
        queue.add(job);
        Object tenant = job.job.tenant();
        if (live.getOrDefault(tenant, 0) == 0) {
            long least = live.keySet().stream()
                    .mapToLong(other -> services.getOrDefault(other, 0L))
                    .min()
                    .orElse(0);
            services.merge(tenant, least, Math::max);
        }
        live.merge(tenant, 1, Integer::sum);
        changed = true;
    }

    void ended(SimulatedJob job) {
        changed |= queue.remove(job);
        Object tenant = job.job.tenant();
        live.merge(tenant, -1, Integer::sum);
        if (live.get(tenant) == 0) {
            live.remove(tenant);
        }
        if (live.isEmpty()) {
            services.clear();
        }
    }

    void needsLess(SimulatedJob job) {
        changed |= !job.admitted;
    }

    void released(SimulatedJob job, int slot) {
        used[slot] = false;
        job.slots--;
        reserved -= job.reservedPerLane + (job.slots == 0 ? job.reservedTogether : 0);
        changed = true;
    }

    void served(SimulatedJob job, int tokens) {
        services.merge(job.job.tenant(), (long) tokens, Long::sum);
    }

    private long level(SimulatedJob job, long now) {
        return job.job.priority() + Math.max(0, now - job.job.arrival()) / limits.agingNanos();
    }

    /** Checks that a plan admits what the sorted queue says, into the lowest slots. */
    void check(Plan plan, long now) {
        int next = 0;
        while (changed && !queue.isEmpty()) {
            queue.sort(Comparator.<SimulatedJob>comparingLong(job -> -level(job, now))
                    .thenComparingLong(job -> services.get(job.job.tenant()))
                    .thenComparingLong(job -> job.job.arrival())
                    .thenComparingLong(job -> job.job.id()));
            SimulatedJob best = queue.get(0);
            int free = freeSlots();
            if (best.liveLanes > free || reserved + best.reservation() > limits.kvTokens()) {
                changed = free == 0;
                break;
            }
            Check.that(next < plan.admissions(), "fits, but is not admitted", best.job);
            Check.equal("admitted job", plan.admitted(next++).id(), best.job.id());
            queue.remove(0);
            take(best);
        }
        Check.equal("admissions", plan.admissions(), next);
        Check.that(reserved <= limits.kvTokens(), "KV tokens reserved", reserved, limits.kvTokens());
    }

    private void take(SimulatedJob job) {
        job.admitted = true;
        reserved += job.reservation();
        int slot = 0;
        for (int branch = 0; branch < job.lanes.length; branch++) {
            if (job.lanes[branch].ended) {
                continue;
            }
            while (used[slot]) {
                slot++;
            }
            used[slot] = true;
            job.slots++;
            job.lanes[branch].slot = slot;
            Check.equal("slot", job.job.lane(branch).slot(), slot);
        }
    }
}
