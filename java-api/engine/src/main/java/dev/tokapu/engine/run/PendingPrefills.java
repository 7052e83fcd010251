package dev.tokapu.engine.run;

import dev.tokapu.engine.schedule.ScheduledRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * The prompts that are not prefilled to their end yet, as the engine admitted them.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class PendingPrefills {

    private static final double NEW_WEIGHT = 1.0 / 8; // of an interval
    private static final long SELDOM = 1_000_000_000; // nanoseconds; longer intervals count as this

    private record Pending(ScheduledRequest<?> request, long since) {}

    private final List<Pending> prefilling = new ArrayList<>();
    private boolean unread; // whether all are short, and none has begun
    private boolean admitted; // any
    private long last; // admission
    private double interval; // nanoseconds from one admission to the next

    void admit(ScheduledRequest<?> scheduled, long now) {
        prefilling.add(new Pending(scheduled, now));
        if (admitted) {
            interval += NEW_WEIGHT * (Math.min(SELDOM, now - last) - interval);
        }
        admitted = true;
        last = now;
    }

    int requests() {
        return prefilling.size();
    }

    /** Removes completed prefills and counts the remaining tokens of prompts whose part that was not found fits into one step. */
    int tokens(int maxPrefillTokens) {
        int left = 0;
        unread = true;
        for (int i = prefilling.size() - 1; i >= 0; i--) {
            ScheduledRequest<?> scheduled = prefilling.get(i).request;
            int rest = scheduled.prefillTokens() - scheduled.prefilled();
            if (!scheduled.isPrefilling()) {
                prefilling.remove(i);
            } else if (scheduled.tokensToCompute() <= maxPrefillTokens) {
                left += rest;
                unread &= rest == scheduled.tokensToCompute();
            } else {
                unread = false;
            }
        }
        return left;
    }

    /** Whether all of them fit into a step each and none has begun, when they were last counted. */
    boolean areUnread() {
        return unread && !prefilling.isEmpty();
    }

    /** How long they wait, all together, until another one comes: as long as that takes as a rule, or as they have waited if that is longer. */
    double waiting(long now) {
        double sum = 0;
        for (Pending pending : prefilling) {
            sum += now - pending.since;
        }
        return Math.max(sum, prefilling.size() * interval);
    }

    /** How long the first of them has waited. */
    double longest(long now) {
        return prefilling.isEmpty() ? 0 : now - prefilling.get(0).since;
    }
}
