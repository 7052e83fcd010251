package dev.tokapu.engine.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * The requests that wait for slots, and which of them is next.
 *
 * <p>Priorities age and services grow from step to step, so there is no order to keep: the next one is looked for when it is
 * wanted, over the whole queue. That is once per admission, and once more for the request that does not fit: its turn stays until
 * slots or KV tokens come free or the queue changes, so that steps between cost nothing.
 */
final class WaitingQueue {

    private final List<ScheduledRequest<?>> requests = new ArrayList<>();
    private final long agingNanos;
    private boolean blocked;

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
        return !blocked && !requests.isEmpty();
    }

    /** The next one does not fit: nothing is admitted before something changes. */
    void block() {
        blocked = true;
    }

    /** Something came free, or a waiting request needs less. */
    void unblock() {
        blocked = false;
    }

    /** The waiting request whose turn it is. */
    ScheduledRequest<?> next(long now) {
        ScheduledRequest<?> best = requests.get(0);
        long level = PriorityOrder.level(best, now, agingNanos);
        for (int i = 1; i < requests.size(); i++) {
            ScheduledRequest<?> request = requests.get(i);
            long other = PriorityOrder.level(request, now, agingNanos);
            if (other > level || (other == level && goesBefore(request, best))) {
                best = request;
                level = other;
            }
        }
        return best;
    }

    private static boolean goesBefore(ScheduledRequest<?> request, ScheduledRequest<?> best) {
        long service = Tenant.of(request).service;
        long bestService = Tenant.of(best).service;
        return service != bestService ? service < bestService : PriorityOrder.isEarlier(request, best);
    }
}
