package dev.tokapu.engine.schedule;

import java.util.HashSet;
import java.util.Set;

/** Preemptions make room for others, so something is computed before the same request is preempted again. */
final class PreemptionCheck {

    long preempted;

    private final Set<Long> sinceComputed = new HashSet<>();

    void check(Plan<?> plan) {
        preempted += plan.preempted().size();
        for (ScheduledRequest<?> request : plan.preempted()) {
            Check.that(sinceComputed.add(request.id()), "preempted twice, with nothing computed between", request);
        }
        if (!plan.entries().isEmpty()) {
            sinceComputed.clear();
        }
    }
}
