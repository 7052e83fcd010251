package dev.tokapu.engine.schedule;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The waiting requests that wait for what others prefill, by the one that they wait for. Those that wait for the fewest of its tokens come
 * first, so that a step looks at one request for each leader, however many wait: there are at most as many leaders as slots.
 */
final class LedRequests {

    private static final Comparator<ScheduledRequest<?>> BY_TOKENS = (request, other) -> {
        int order = Integer.compare(request.lookup.leaderTokens, other.lookup.leaderTokens);
        return order != 0 ? order : Long.compare(request.id(), other.id());
    };

    private final Map<ScheduledRequest<?>, TreeSet<ScheduledRequest<?>>> byLeader = new HashMap<>();

    boolean isEmpty() {
        return byLeader.isEmpty();
    }

    void add(ScheduledRequest<?> request, ScheduledRequest<?> leader, int tokens) {
        request.lookup.leader = leader;
        request.lookup.leaderTokens = tokens;
        byLeader.computeIfAbsent(leader, key -> new TreeSet<>(BY_TOKENS)).add(request);
    }

    /** Removes a request that waits for a leader. */
    void remove(ScheduledRequest<?> request) {
        ScheduledRequest<?> leader = request.lookup.leader;
        TreeSet<ScheduledRequest<?>> led = byLeader.get(leader);
        if (led == null || !led.remove(request)) {
            throw new IllegalStateException("request " + request.id() + " waits for no other one");
        }
        if (led.isEmpty()) {
            byLeader.remove(leader);
        }
        request.lookup.leader = null;
    }

    /** Removes the requests that wait no longer, and hands them on. */
    void release(Consumer<ScheduledRequest<?>> released) {
        for (Iterator<TreeSet<ScheduledRequest<?>>> each = byLeader.values().iterator(); each.hasNext(); ) {
            TreeSet<ScheduledRequest<?>> led = each.next();
            while (!led.isEmpty() && !led.first().lookup.isLed()) {
                ScheduledRequest<?> request = led.first();
                led.remove(request);
                request.lookup.leader = null;
                released.accept(request);
            }
            if (led.isEmpty()) {
                each.remove();
            }
        }
    }
}
