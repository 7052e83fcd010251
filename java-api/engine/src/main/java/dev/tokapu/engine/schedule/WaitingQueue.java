package dev.tokapu.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for slots, and which of them is next.
 *
 * <p>Priorities age and services grow from step to step, so there is no order to keep: the next one is looked for when it is
 * wanted, over the whole queue. That is once per admission, and once more for the request that does not fit: its turn stays until
 * slots or KV tokens come free or the queue changes, so that steps between cost nothing.
 */
final class WaitingQueue {

    /** Requests with more of their prompt in the KV cache that may go before another one. */
    private static final int MOST_OVERTAKING = 8;

    private static final int MOST_LOOKED_UP = 32;

    private final List<ScheduledRequest<?>> requests = new ArrayList<>();
    private final long agingNanos;
    private boolean blocked;
    private int led;

    WaitingQueue(long agingNanos) {
        this.agingNanos = agingNanos;
    }

    int size() {
        return requests.size();
    }

    void add(ScheduledRequest<?> request) {
        request.place = requests.size();
        requests.add(request);
        blocked = false;
    }

    void remove(ScheduledRequest<?> request) {
        ScheduledRequest<?> last = requests.remove(requests.size() - 1);
        if (last != request) {
            requests.set(request.place, last);
            last.place = request.place;
        }
        blocked = false;
    }

    /** Whether looking for the next one may admit something. */
    boolean mayAdmit() {
        if (led > 0) {
            lookAtLeaders();
        }
        return !blocked && !requests.isEmpty();
    }

    /** A request that waits for a leader no longer may be the next one. */
    private void lookAtLeaders() {
        int still = 0;
        for (int i = 0; i < requests.size(); i++) {
            still += requests.get(i).lookup.waits() ? 1 : 0;
        }
        blocked &= still == led;
        led = still;
    }

    /** A request waits for what another one is prefilling. */
    void lead(ScheduledRequest<?> request, ScheduledRequest<?> leader, int tokens) {
        request.lookup.leader = leader;
        request.lookup.leaderTokens = tokens;
        request.lookup.led++;
        led++;
    }

    /** The next one does not fit: nothing is admitted before something changes. */
    void block() {
        blocked = true;
    }

    /** Something came free, or a waiting request needs less. */
    void unblock() {
        blocked = false;
    }

    /** The waiting request whose turn it is; null when all wait for what others are prefilling. */
    @Nullable
    ScheduledRequest<?> next(long now) {
        ScheduledRequest<?> best = null;
        long level = 0;
        for (int i = 0; i < requests.size(); i++) {
            ScheduledRequest<?> request = requests.get(i);
            if (request.lookup.waits()) {
                continue;
            }
            long other = PriorityOrder.level(request, now, agingNanos);
            if (best == null || other > level || (other == level && goesBefore(request, best))) {
                best = request;
                level = other;
            }
        }
        return best;
    }

    /**
     * The request of the same tenant and level of which the most is in the KV cache: it may be evicted before its turn comes. A few of them go
     * before one that has less, then it is its turn.
     */
    ScheduledRequest<?> longestPrefix(ScheduledRequest<?> first, SequenceCache cache, long now) {
        if (first.prefix == null || first.lookup.overtaken >= MOST_OVERTAKING || requests.size() == 1) {
            return first;
        }
        ScheduledRequest<?> best = first;
        int most = cache.match(first).length();
        long level = PriorityOrder.level(first, now, agingNanos);
        for (int i = 0; i < Math.min(MOST_LOOKED_UP, requests.size()); i++) {
            ScheduledRequest<?> request = requests.get(i);
            boolean equal = request.tenant == first.tenant
                    && request != first
                    && !request.lookup.waits()
                    && PriorityOrder.level(request, now, agingNanos) == level;
            int cached = equal ? cache.match(request).length() : 0;
            if (cached > most) {
                most = cached;
                best = request;
            }
        }
        first.lookup.overtaken += best == first ? 0 : 1;
        return best;
    }

    private static boolean goesBefore(ScheduledRequest<?> request, ScheduledRequest<?> best) {
        long service = Tenant.of(request).service;
        long bestService = Tenant.of(best).service;
        return service != bestService ? service < bestService : PriorityOrder.isEarlier(request, best);
    }
}
