package dev.tokapu.internal.schedule;

import java.util.Objects;

/** The jobs with slots that share an adapter set. */
final class Group {

    final int id;

    /** Jobs with slots that have not ended. */
    int jobs;

    /** The slot that decoding begins with when not all lanes fit a step. */
    int cursor;

    /** Whether a step can compute something for it; as of this plan. */
    boolean hasWork;

    Group(int id) {
        this.id = id;
    }

    static Group of(Job job) {
        return Objects.requireNonNull(job.group, "group of a job without slots");
    }
}
