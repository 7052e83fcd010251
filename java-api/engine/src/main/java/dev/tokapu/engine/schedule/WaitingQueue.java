package dev.tokapu.engine.schedule;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for slots, and which of them is next: the one with the highest level, that is priority and age, then the one whose
 * tenant has the least service, then the one that came first.
 *
 * <p>Levels and services grow from step to step, so there is no order of all of them to keep. Those of one tenant and priority stay in
 * order, and of these {@link WaitingLine lines} only the first requests are compared. That is once per admission, and once more for the
 * request that does not fit: its turn stays until slots or KV tokens come free or the queue changes, so that steps between cost nothing.
 *
 * <p>Requests that wait for something else stand aside: for a disk, or for what others prefill. They hold up nobody.
 */
final class WaitingQueue {

    /** Requests with more of their prompt in the KV cache that may go before another one. */
    private static final int MOST_OVERTAKING = 8;

    private static final int MOST_LOOKED_UP = 32;

    private final Map<Integer, WaitingLines> lines = new HashMap<>(); // by priority
    private final LedRequests led = new LedRequests();
    private final long agingNanos;
    private int size;
    private boolean blocked;

    WaitingQueue(long agingNanos) {
        this.agingNanos = agingNanos;
    }

    int size() {
        return size;
    }

    void add(ScheduledRequest<?> request) {
        size++;
        line(request);
    }

    void remove(ScheduledRequest<?> request) {
        size--;
        if (request.lookup.leader != null) {
            led.remove(request);
        } else if (!request.lookup.held) {
            leaveLine(request);
        }
        blocked = false;
    }

    private void line(ScheduledRequest<?> request) {
        Tenant tenant = Tenant.of(request);
        int priority = request.priority();
        WaitingLine line = tenant.lines.computeIfAbsent(priority, key -> new WaitingLine(tenant));
        boolean moves = line.wouldBeFirst(request);
        WaitingLines alike = lines.computeIfAbsent(priority, key -> new WaitingLines());
        if (moves && !line.isEmpty()) {
            alike.remove(line);
        }
        line.add(request);
        if (moves) {
            alike.add(line);
        }
        blocked = false;
    }

    private void leaveLine(ScheduledRequest<?> request) {
        Tenant tenant = Tenant.of(request);
        int priority = request.priority();
        WaitingLine line = tenant.lines.get(priority);
        WaitingLines alike = lines.get(priority);
        if (line == null || alike == null) {
            throw new IllegalStateException("request " + request.id() + " does not wait");
        }
        boolean moves = line.first() == request;
        if (moves) {
            alike.remove(line);
        }
        line.remove(request);
        if (line.isEmpty()) {
            tenant.lines.remove(priority);
        } else if (moves) {
            alike.add(line);
        }
        if (alike.isEmpty()) {
            lines.remove(priority);
        }
    }

    /** Whether looking for the next one may admit something. */
    boolean mayAdmit() {
        if (!led.isEmpty()) {
            led.release(this::follow);
        }
        return !blocked && !lines.isEmpty();
    }

    /** A request that waits for a leader no longer may be the next one. */
    private void follow(ScheduledRequest<?> request) {
        if (!request.lookup.held) {
            line(request);
        }
    }

    /** Lets a request wait for what another one is prefilling. */
    void lead(ScheduledRequest<?> request, ScheduledRequest<?> leader, int tokens) {
        leaveLine(request);
        request.lookup.led++;
        led.add(request, leader, tokens);
    }

    /** Lets a request wait until it is to proceed. */
    void hold(ScheduledRequest<?> request) {
        if (request.isQueued() && !request.lookup.held) {
            request.lookup.held = true;
            if (request.lookup.leader == null) {
                leaveLine(request);
            }
        }
    }

    void proceed(ScheduledRequest<?> request) {
        if (request.isQueued() && request.lookup.held && request.lookup.leader == null) {
            line(request);
        }
        request.lookup.held = false;
    }

    /** The next one does not fit: nothing is admitted before something changes. */
    void block() {
        blocked = true;
    }

    /** Something came free, or a waiting request needs less. */
    void unblock() {
        blocked = false;
    }

    /** The waiting request whose turn it is; null when all wait for something else. */
    @Nullable
    ScheduledRequest<?> next(long now) {
        long level = Long.MIN_VALUE;
        for (WaitingLines alike : lines.values()) {
            level = Math.max(level, alike.level(now, agingNanos));
        }
        ScheduledRequest<?> best = null;
        for (WaitingLines alike : lines.values()) {
            WaitingLine line = alike.level(now, agingNanos) < level ? null : alike.next(level, now, agingNanos);
            if (line != null && (best == null || goesBefore(line.first(), best))) {
                best = line.first();
            }
        }
        return best;
    }

    /**
     * The request of the same tenant, priority and level of which the most is in the KV cache: it may be evicted before its turn comes. A few
     * of them go before one that has less, then it is its turn.
     */
    ScheduledRequest<?> longestPrefix(ScheduledRequest<?> first, SequenceCache cache, long now) {
        WaitingLine line = Tenant.of(first).lines.get(first.priority());
        if (first.prefix == null || first.lookup.overtaken >= MOST_OVERTAKING || line == null) {
            return first;
        }
        ScheduledRequest<?> best = first;
        int most = cache.match(first).length();
        long level = PriorityOrder.level(first, now, agingNanos);
        int left = MOST_LOOKED_UP;
        for (ScheduledRequest<?> request : line.requests()) {
            if (left-- == 0 || PriorityOrder.level(request, now, agingNanos) < level) {
                break;
            }
            int cached = cache.match(request).length();
            if (cached > most) {
                most = cached;
                best = request;
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
