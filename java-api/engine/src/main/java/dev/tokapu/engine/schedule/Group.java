package dev.tokapu.engine.schedule;

import java.util.Objects;

/** The requests with slots that share an adapter set. */
final class Group {

    final int id;

    /** Requests with slots that have not ended. */
    int requests;

    /** The slot that decoding begins with when not all sequences fit a step. */
    int cursor;

    /** Whether a step can compute something for it; as of this plan. */
    boolean hasWork;

    Group(int id) {
        this.id = id;
    }

    static Group of(ScheduledRequest<?> request) {
        return Objects.requireNonNull(request.group, "group of a request without slots");
    }
}
