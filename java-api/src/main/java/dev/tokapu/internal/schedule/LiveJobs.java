package dev.tokapu.internal.schedule;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The jobs that were accepted and have not ended, and all the ways to their end. */
final class LiveJobs {

    private final Map<Long, Job> jobs = new HashMap<>();
    private final Tenants tenants = new Tenants();
    private final Notices notices = new Notices();
    private final Waiting waiting;
    private final Slots slots;
    private final GroupTurn groups;
    private int decoding;

    LiveJobs(Waiting waiting, Slots slots, GroupTurn groups) {
        this.waiting = waiting;
        this.slots = slots;
        this.groups = groups;
    }

    boolean isEmpty() {
        return jobs.isEmpty();
    }

    @Nullable
    Job find(long id) {
        return jobs.get(id);
    }

    /** Lanes that generate. */
    int decoding() {
        return decoding;
    }

    /** The job whose deadline comes first. */
    @Nullable
    Job firstDeadline() {
        return notices.first();
    }

    void enter(Job job) {
        job.phase = Phase.QUEUED;
        jobs.put(job.id(), job);
        tenants.enter(job);
        notices.enter(job);
        waiting.add(job);
    }

    void cancel(Job job) {
        job.cancelAsked = true;
        notices.cancel(job);
    }

    void cancel(Job job, Lane lane) {
        lane.cancelAsked = true;
        notices.cancel(job);
    }

    /** Ends what was cancelled or is over its deadline; their slots are to be released. */
    void end(long now, Plan plan) {
        for (int i = 0; i < notices.cancels(); i++) {
            Job job = notices.cancelled(i);
            job.cancelNoted = false;
            if (job.isEnded()) {
                continue;
            }
            if (job.cancelAsked) {
                end(job, End.CANCELLED, plan);
            } else {
                endCancelledLanes(job, plan);
            }
        }
        notices.clearCancels();
        for (Job job = notices.first(); job != null && job.deadline() <= now; job = notices.first()) {
            end(job, End.DEADLINE, plan);
        }
    }

    private void end(Job job, End reason, Plan plan) {
        plan.end(job, null, reason);
        for (int branch = 0; branch < job.branches(); branch++) {
            end(job.lane(branch));
        }
    }

    private void endCancelledLanes(Job job, Plan plan) {
        for (int branch = 0; branch < job.branches(); branch++) {
            Lane lane = job.lane(branch);
            if (lane.cancelAsked && !lane.ended) {
                plan.end(job, lane, End.CANCELLED);
                end(lane);
            }
        }
    }

    /**
     * Ends a lane, and its job with the last one. When its slot holds an incomplete prompt that other lanes want, the next one
     * gets it.
     */
    void end(Lane lane) {
        if (lane.ended) {
            return;
        }
        Job job = lane.job();
        boolean hadPrompt = job.isPrefilling() && job.promptLane() == lane;
        lane.ended = true;
        job.liveLanes--;
        if (job.isDecoding()) {
            decoding--;
        }
        if (hadPrompt && job.liveLanes > 0) {
            slots.swap(lane, job.promptLane());
        }
        slots.releaseLater(lane);
        if (job.liveLanes == 0) {
            leave(job);
        } else if (job.isQueued()) {
            waiting.unblock();
        }
    }

    private void leave(Job job) {
        if (job.isQueued()) {
            waiting.remove(job);
        } else {
            groups.leave(job);
        }
        job.phase = Phase.ENDED;
        jobs.remove(job.id());
        notices.leave(job);
        tenants.leave(job);
    }

    /** The prompt of a job is complete: its lanes generate, unless it wants no more than that. */
    void prompted(Job job) {
        if (job.promptOnly()) {
            job.phase = Phase.READING;
            return;
        }
        job.phase = Phase.DECODING;
        decoding += job.liveLanes;
        for (int branch = 0; branch < job.branches(); branch++) {
            Lane lane = job.lane(branch);
            if (!lane.ended) {
                lane.length = job.promptTokens();
                lane.unsampled = 1;
            }
        }
    }
}
