package dev.tokapu.engine.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Admission without any shortcut: sorts the whole queue before each admission, and keeps its own account of everything. */
final class NaiveAdmission {

    private final SchedulerConfig config;
    private final List<SimulatedRequest> queue = new ArrayList<>();
    private final boolean[] used;
    private final Map<Object, Long> services = new HashMap<>();
    private final Map<Object, Integer> live = new HashMap<>();
    private long reserved;
    private boolean changed;

    NaiveAdmission(SchedulerConfig config) {
        this.config = config;
        this.used = new boolean[config.slots()];
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

    void offered(SimulatedRequest request) {
        queue.add(request);
        Object tenant = request.request.tenant();
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

    void ended(SimulatedRequest request) {
        changed |= queue.remove(request);
        Object tenant = request.request.tenant();
        live.merge(tenant, -1, Integer::sum);
        if (live.get(tenant) == 0) {
            live.remove(tenant);
        }
        if (live.isEmpty()) {
            services.clear();
        }
    }

    void needsLess(SimulatedRequest request) {
        changed |= !request.admitted;
    }

    void released(SimulatedRequest request, int slot) {
        used[slot] = false;
        request.slots--;
        reserved -= request.reservedPerSequence + (request.slots == 0 ? request.reservedTogether : 0);
        changed = true;
    }

    void served(SimulatedRequest request, int tokens) {
        services.merge(request.request.tenant(), (long) tokens, Long::sum);
    }

    private long level(SimulatedRequest request, long now) {
        return request.request.priority() + Math.max(0, now - request.request.arrival()) / config.agingNanos();
    }

    /** Checks that a plan admits what the sorted queue says, into the lowest slots. */
    void check(Plan<SimulatedRequest> plan, long now) {
        int next = 0;
        while (changed && !queue.isEmpty()) {
            queue.sort(Comparator.<SimulatedRequest>comparingLong(request -> -level(request, now))
                    .thenComparingLong(request -> services.get(request.request.tenant()))
                    .thenComparingLong(request -> request.request.arrival())
                    .thenComparingLong(request -> request.request.id()));
            SimulatedRequest best = queue.get(0);
            int free = freeSlots();
            if (best.liveSequences > free || reserved + best.reservation() > config.kvTokens()) {
                changed = free == 0;
                break;
            }
            Check.that(next < plan.admitted().size(), "fits, but is not admitted", best.request);
            Check.equal("admitted request", plan.admitted().get(next++).id(), best.request.id());
            queue.remove(0);
            take(best);
        }
        Check.equal("admissions", plan.admitted().size(), next);
        Check.that(reserved <= config.kvTokens(), "KV tokens reserved", reserved, config.kvTokens());
    }

    private void take(SimulatedRequest request) {
        request.admitted = true;
        reserved += request.reservation();
        int slot = 0;
        for (int branch = 0; branch < request.sequences.length; branch++) {
            if (request.sequences[branch].ended) {
                continue;
            }
            while (used[slot]) {
                slot++;
            }
            used[slot] = true;
            request.slots++;
            request.sequences[branch].slot = slot;
            Check.equal("slot", request.request.sequence(branch).slot(), slot);
        }
    }
}
