package dev.tokapu.internal.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** What ends jobs from outside: cancels that wait for the next plan, and deadlines. */
final class Notices {

    private final List<Job> cancelled = new ArrayList<>();
    private final PriorityQueue<Job> deadlines =
            new PriorityQueue<>(Comparator.comparingLong(Job::deadline).thenComparingLong(Job::id));

    void enter(Job job) {
        if (job.deadline() != Long.MAX_VALUE) {
            deadlines.add(job);
        }
    }

    void leave(Job job) {
        if (job.deadline() != Long.MAX_VALUE) {
            deadlines.remove(job);
        }
    }

    void cancel(Job job) {
        if (!job.cancelNoted) {
            job.cancelNoted = true;
            cancelled.add(job);
        }
    }

    int cancels() {
        return cancelled.size();
    }

    Job cancelled(int i) {
        return cancelled.get(i);
    }

    void clearCancels() {
        cancelled.clear();
    }

    /** The job whose deadline comes first. */
    @Nullable
    Job first() {
        return deadlines.peek();
    }
}
