package dev.tokapu.internal.schedule;

import org.jspecify.annotations.Nullable;

/**
 * Decides what each step of a context computes, for which jobs.
 *
 * <p>Events are calls: jobs are {@linkplain #offer offered} and {@linkplain #cancel(long) cancelled}. Then, step by step,
 * {@link #plan} says what to do; {@link #decoded} or {@link #failed} says whether the batch was computed; {@link #sampled} is
 * called for each lane whose next token came out of it and {@link #finished} for each job that was a prompt alone.
 *
 * <p>A plan is made in steps that follow one another: ends, releases, admissions, the adapter group, decoding, prompts. Jobs with
 * the highest priority go first; waiting raises it, and nobody overtakes the first one because it does not fit yet, so that none
 * waits for ever. Among equals the tenant with the fewest tokens computed goes first.
 *
 * <p>Nothing is allocated while no job arrives or ends.
 *
 * <p>Thread safety: confined to one thread, which the caller sees to.
 */
public final class Scheduler {

    private final Limits limits;
    private final Waiting waiting;
    private final Slots slots;
    private final LiveJobs jobs;
    private final Admission admission;
    private final BatchStep batch;
    private @Nullable Plan computing;

    /**
     * A scheduler without jobs.
     *
     * @param limits what it may hand out
     */
    public Scheduler(Limits limits) {
        this.limits = limits;
        this.waiting = new Waiting(limits.agingNanos());
        this.slots = new Slots(limits);
        GroupTurn groups = new GroupTurn(limits.groupSteps());
        this.jobs = new LiveJobs(waiting, slots, groups);
        this.admission = new Admission(waiting, slots, groups);
        this.batch = new BatchStep(limits, slots, groups);
    }

    /**
     * Takes a job into the queue. A job that was refused may be offered again.
     *
     * @param job a job that was not accepted before
     * @return null when accepted, otherwise why not
     * @throws IllegalArgumentException when the job was accepted before or another one has its id
     */
    public @Nullable Refusal offer(Job job) {
        if (job.phase != Phase.NEW) {
            throw new IllegalArgumentException("Job " + job.id() + " was accepted before; offer a new one");
        }
        if (jobs.find(job.id()) != null) {
            throw new IllegalArgumentException("Another job has the id " + job.id() + "; ids of live jobs must differ");
        }
        Refusal refusal = refusal(job);
        if (refusal == null) {
            jobs.enter(job);
        }
        return refusal;
    }

    private @Nullable Refusal refusal(Job job) {
        Refusal tooLarge = slots.measure(job);
        if (tooLarge != null) {
            return tooLarge;
        }
        if (job.whole() && job.promptTokens() > limits.batchTokens()) {
            return Refusal.WHOLE_TOO_LONG;
        }
        if (job.deadline() <= job.arrival()) {
            return Refusal.EXPIRED;
        }
        return waiting.size() >= limits.queue() ? Refusal.QUEUE_FULL : null;
    }

    /**
     * Ends a job in the next plan, unless it has ended by then.
     *
     * @param jobId its id; others are ignored
     */
    public void cancel(long jobId) {
        Job job = jobs.find(jobId);
        if (job != null) {
            jobs.cancel(job);
        }
    }

    /**
     * Ends one answer of a job in the next plan, unless it has ended by then.
     *
     * @param jobId the job's id; others are ignored
     * @param branch which answer; others than the job has are ignored
     */
    public void cancel(long jobId, int branch) {
        Job job = jobs.find(jobId);
        if (job != null && branch >= 0 && branch < job.branches()) {
            jobs.cancel(job, job.lane(branch));
        }
    }

    /**
     * Plans a step.
     *
     * @param now nanoseconds of the clock of arrivals and deadlines
     * @param prefillTokens prompt tokens of the step at most; 0 for none beside decoding, and for as many as fit where nothing decodes
     * @param plan is cleared and filled; its entries are to be computed, then {@link #decoded} or {@link #failed} called, unless it
     *     has none
     * @throws IllegalArgumentException when {@code prefillTokens} is negative
     * @throws IllegalStateException when the last plan's entries were neither decoded nor failed
     */
    public void plan(long now, int prefillTokens, Plan plan) {
        if (prefillTokens < 0) {
            throw new IllegalArgumentException("prefillTokens is " + prefillTokens + ", but must not be negative");
        }
        if (computing != null) {
            throw new IllegalStateException("The last plan is still computed; call decoded() or failed() first");
        }
        plan.clear();
        jobs.end(now, plan);
        admission.release(plan);
        admission.admit(now, plan);
        batch.fill(now, prefillTokens, plan);
        computing = plan.entries() > 0 ? plan : null;
    }

    /**
     * Says that a plan's entries were computed: prompts and lengths advance. After the end of a prompt all lanes of its job have the
     * prompt's length; the engine copies the sequence of the entry's lane to the others.
     *
     * @param plan the last plan
     * @throws IllegalStateException for another plan, or a second time
     */
    public void decoded(Plan plan) {
        if (isComputed(plan)) {
            for (int i = 0; i < plan.entries(); i++) {
                decoded(plan, i);
            }
        }
    }

    private void decoded(Plan plan, int entry) {
        Lane lane = plan.lane(entry);
        Job job = lane.job();
        int count = plan.count(entry);
        boolean last = plan.isLast(entry);
        Tenant.of(job).service += count;
        lane.length += count;
        if (!plan.isPrefill(entry)) {
            lane.unsampled = count;
            return;
        }
        job.prefilled += count;
        if (last) {
            jobs.prompted(job);
        }
    }

    /**
     * Says that a plan's entries were not computed, and that the KV cache is as before.
     *
     * @param plan the last plan
     * @throws IllegalStateException for another plan, or a second time
     */
    public void failed(Plan plan) {
        isComputed(plan);
    }

    private boolean isComputed(Plan plan) {
        if (plan.entries() == 0) {
            return false;
        }
        if (computing != plan) {
            throw new IllegalStateException(
                    "This is not the plan that is computed; every plan is decoded or failed once");
        }
        computing = null;
        return true;
    }

    /**
     * Says what came out of a step for a lane. A lane that has not been sampled since is in no plan.
     *
     * @param lane a lane of the last plan that decoded, or whose prompt came to its end; nothing happens when it has ended since
     * @param accepted tokens generated: 1 and the drafts that were right; the rest leaves the sequence
     * @param ended whether no further token is wanted; a lane that has as many as it may ends in any case
     * @throws IllegalStateException when the lane has nothing to sample
     * @throws IllegalArgumentException when {@code accepted} is not between 1 and the tokens computed for the lane
     */
    public void sampled(Lane lane, int accepted, boolean ended) {
        if (lane.ended) {
            return;
        }
        if (lane.unsampled == 0) {
            throw new IllegalStateException("Lane " + lane.branch() + " of job "
                    + lane.job().id() + " has nothing to sample; each computed step is sampled once");
        }
        if (accepted < 1 || accepted > lane.unsampled) {
            throw new IllegalArgumentException("accepted is " + accepted + ", but must be between 1 and "
                    + lane.unsampled + ", the tokens computed");
        }
        lane.length -= lane.unsampled - accepted;
        lane.generated += accepted;
        lane.unsampled = 0;
        lane.drafts = 0;
        if (ended || lane.generated == lane.job().generatable) {
            jobs.end(lane);
        }
    }

    /**
     * Ends a job that was a prompt alone: its results were read.
     *
     * @param job a job whose prompt was computed to its end; nothing happens when it has ended since
     * @throws IllegalStateException when its prompt is not complete, or it generates
     */
    public void finished(Job job) {
        if (job.isEnded()) {
            return;
        }
        if (job.phase != Phase.READING) {
            throw new IllegalStateException("Job " + job.id()
                    + " has no results to read; finished() is for prompts alone, after their last entry");
        }
        jobs.end(job.lane(0));
    }

    /**
     * Returns how many jobs wait for slots.
     *
     * @return jobs
     */
    public int queued() {
        return waiting.size();
    }

    /**
     * Returns how many jobs have slots, also such that wait to be cleared.
     *
     * @return jobs
     */
    public int running() {
        return slots.jobs();
    }

    /**
     * Returns how many answers are generated.
     *
     * @return lanes
     */
    public int decoding() {
        return jobs.decoding();
    }

    /**
     * Returns how many slots nobody has.
     *
     * @return slots
     */
    public int freeSlots() {
        return slots.free();
    }

    /**
     * Returns how much of the KV cache is reserved.
     *
     * @return tokens
     */
    public long kvReserved() {
        return slots.reserved();
    }

    /**
     * Returns whether there is nothing to plan: no job lives and no slot waits to be cleared.
     *
     * @return true when the engine may sleep until the next job
     */
    public boolean isIdle() {
        return jobs.isEmpty() && !slots.hasReleases();
    }

    /**
     * Returns when the next plan is wanted at the latest, to end what is over its deadline.
     *
     * @return nanoseconds; {@link Long#MAX_VALUE} without a deadline
     */
    public long nextDeadline() {
        Job first = jobs.firstDeadline();
        return first == null ? Long.MAX_VALUE : first.deadline();
    }
}
