package dev.tokapu.engine.schedule;

import java.util.Comparator;
import java.util.TreeSet;

/**
 * The waiting requests of one tenant with one priority, in the order of their arrival: waiting raises all of them alike, so that the
 * first one stays the first.
 */
final class WaitingLine {

    /** Lines in the order of their first requests. */
    static final Comparator<WaitingLine> BY_ARRIVAL = (line, other) -> compare(line.first(), other.first());

    /** By the services that were noted, then in the order of their first requests. */
    static final Comparator<WaitingLine> BY_SERVICE = (line, other) -> {
        int order = Long.compare(line.noted, other.noted);
        return order != 0 ? order : compare(line.first(), other.first());
    };

    private final Tenant tenant;
    private final TreeSet<ScheduledRequest<?>> requests = new TreeSet<>(WaitingLine::compare);
    private long noted;

    WaitingLine(Tenant tenant) {
        this.tenant = tenant;
    }

    private static int compare(ScheduledRequest<?> request, ScheduledRequest<?> other) {
        int order = Long.compare(request.arrival(), other.arrival());
        return order != 0 ? order : Long.compare(request.id(), other.id());
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    ScheduledRequest<?> first() {
        return requests.first();
    }

    Iterable<ScheduledRequest<?>> requests() {
        return requests;
    }

    /** Whether a request would be the first one. */
    boolean wouldBeFirst(ScheduledRequest<?> request) {
        return requests.isEmpty() || compare(request, first()) < 0;
    }

    void add(ScheduledRequest<?> request) {
        requests.add(request);
    }

    void remove(ScheduledRequest<?> request) {
        requests.remove(request);
    }

    long service() {
        return tenant.service;
    }

    /** Whether the service has grown since it was noted. */
    boolean isStale() {
        return noted != tenant.service;
    }

    void note() {
        noted = tenant.service;
    }
}
