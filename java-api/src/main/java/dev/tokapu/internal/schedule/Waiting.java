package dev.tokapu.internal.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * The jobs that wait for slots, and which of them is next.
 *
 * <p>Priorities age and services grow from step to step, so there is no order to keep: the next one is looked for when it is
 * wanted, over the whole queue. That is once per admission, and once more for the job that does not fit: its turn stays until
 * slots or KV tokens come free or the queue changes, so that steps between cost nothing.
 */
final class Waiting {

    private final List<Job> jobs = new ArrayList<>();
    private final long agingNanos;
    private boolean blocked;

    Waiting(long agingNanos) {
        this.agingNanos = agingNanos;
    }

    int size() {
        return jobs.size();
    }

    void add(Job job) {
        job.place = jobs.size();
        jobs.add(job);
        blocked = false;
    }

    void remove(Job job) {
        Job last = jobs.remove(jobs.size() - 1);
        if (last != job) {
            jobs.set(job.place, last);
            last.place = job.place;
        }
        blocked = false;
    }

    /** Whether looking for the next one may admit something. */
    boolean mayAdmit() {
        return !blocked && !jobs.isEmpty();
    }

    /** The next one does not fit: nothing is admitted before something changes. */
    void block() {
        blocked = true;
    }

    /** Something came free, or a waiting job needs less. */
    void unblock() {
        blocked = false;
    }

    /** The job whose turn it is, of those that wait. */
    Job next(long now) {
        Job best = jobs.get(0);
        long level = Precedence.level(best, now, agingNanos);
        for (int i = 1; i < jobs.size(); i++) {
            Job job = jobs.get(i);
            long other = Precedence.level(job, now, agingNanos);
            if (other > level || (other == level && goesBefore(job, best))) {
                best = job;
                level = other;
            }
        }
        return best;
    }

    private static boolean goesBefore(Job job, Job best) {
        long service = Tenant.of(job).service;
        long bestService = Tenant.of(best).service;
        return service != bestService ? service < bestService : Precedence.isEarlier(job, best);
    }
}
