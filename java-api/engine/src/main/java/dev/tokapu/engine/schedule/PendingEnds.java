package dev.tokapu.engine.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What ends requests from outside: cancels that wait for the next plan, and deadlines. */
final class PendingEnds {

    private final List<ScheduledRequest<?>> cancelled = new ArrayList<>();
    private final TreeSet<ScheduledRequest<?>> deadlines =
            new TreeSet<>(Comparator.<ScheduledRequest<?>>comparingLong(request -> request.deadline())
                    .thenComparingLong(request -> request.id()));

    void enter(ScheduledRequest<?> request) {
        if (request.deadline() != Long.MAX_VALUE) {
            deadlines.add(request);
        }
    }

    void leave(ScheduledRequest<?> request) {
        if (request.deadline() != Long.MAX_VALUE) {
            deadlines.remove(request);
        }
    }

    void cancel(ScheduledRequest<?> request) {
        if (!request.cancelNoted) {
            request.cancelNoted = true;
            cancelled.add(request);
        }
    }

    int cancels() {
        return cancelled.size();
    }

    ScheduledRequest<?> cancelled(int i) {
        return cancelled.get(i);
    }

    void clearCancels() {
        cancelled.clear();
    }

    /** The request whose deadline comes first. */
    @Nullable
    ScheduledRequest<?> first() {
        return deadlines.isEmpty() ? null : deadlines.first();
    }
}
