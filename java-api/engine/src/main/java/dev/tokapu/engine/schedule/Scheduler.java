package dev.tokapu.engine.schedule;

import dev.tokapu.internal.util.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Decides what each step of a context computes, for which requests.
 *
 * <p>Events are calls: requests are {@linkplain #offer offered} and {@linkplain #cancel(long) cancelled}. Then, step by step,
 * {@link #plan} says what to do; {@link #decoded} or {@link #failed} says whether the batch was computed; {@link #sampled} is
 * called for each sequence whose next token came out of it and {@link #finished} for each request that was a prompt alone.
 *
 * <p>A plan is made in steps that follow one another: ends, releases, admissions, the adapter group, decoding, prompts. Requests with
 * the highest priority go first; waiting raises it, and nobody overtakes the first one because it does not fit yet, so that none
 * waits for ever. Among equals the tenant with the fewest tokens computed goes first. While none arrives or ends nothing is allocated.
 *
 * <p>Thread safety: confined to one thread, which the caller sees to.
 *
 * @param <T> what requests are scheduled for
 */
public final class Scheduler<T> {

    private final WaitingQueue waiting;
    private final SlotTable slots;
    private final RequestTable requests;
    private final SavesAhead ahead;
    private final Admission admission;
    private final BatchPlanner batch;
    private final KvPressure pressure;
    private final KeptSequences kept;
    private final PrefixTiers tiers;
    private final PromptCheckpoints checkpoints;
    private @Nullable Plan<T> computing;

    /**
     * A scheduler without requests.
     *
     * @param config what it may hand out
     */
    public Scheduler(SchedulerConfig config) {
        this.waiting = new WaitingQueue(config.agingNanos());
        this.slots = new SlotTable(config);
        AdapterRotation groups = new AdapterRotation(config.groupSteps());
        this.requests = new RequestTable(waiting, slots, groups);
        this.ahead = new SavesAhead(config, slots);
        this.admission = new Admission(requests, waiting, slots, groups, ahead, config);
        this.kept = new KeptSequences(slots, waiting);
        this.tiers = new PrefixTiers(requests, slots, waiting);
        this.checkpoints = new PromptCheckpoints(config, slots.cache());
        this.pressure = new KvPressure(config, slots, requests);
        this.batch = new BatchPlanner(config, slots, groups);
    }

    /**
     * Takes a request into the queue. A request that was refused may be offered again.
     *
     * @param request a request that was not accepted before
     * @return null when accepted, otherwise why not
     * @throws IllegalArgumentException when the request was accepted before or another one has its id
     */
    public @Nullable RejectReason offer(ScheduledRequest<T> request) {
        if (request.phase != Phase.NEW) {
            throw new IllegalArgumentException("Request " + request.id() + " was accepted before; offer a new one");
        }
        if (requests.find(request.id()) != null) {
            throw new IllegalArgumentException("A live request has the id " + request.id() + "; ids must differ");
        }
        RejectReason refusal = admission.refusal(request);
        if (refusal == null) {
            requests.enter(request);
        }
        return refusal;
    }

    /** Ends a request in the next plan, unless it has ended by then; other ids are ignored. */
    public void cancel(long requestId) {
        ScheduledRequest<?> request = requests.find(requestId);
        if (request != null) {
            requests.cancel(request);
        }
    }

    /** Ends one answer of a request in the next plan, unless it has ended by then; other ids and answers are ignored. */
    public void cancel(long requestId, int branch) {
        ScheduledSequence<?> sequence = requests.find(requestId, branch);
        if (sequence != null) {
            requests.cancel(sequence);
        }
    }

    /**
     * Has plans leave an answer out, or go on with it; it keeps its slot.
     *
     * @param requestId the request's id; others are ignored
     * @param branch which answer; others than the request has are ignored
     * @param paused whether it is left out
     */
    public void pause(long requestId, int branch, boolean paused) {
        ScheduledSequence<?> sequence = requests.find(requestId, branch);
        if (sequence != null) {
            requests.pause(sequence, paused);
        }
    }

    /** Plans a step: {@link #admit}, then {@link #fill}. */
    public void plan(long now, int prefillTokens, Plan<T> plan) {
        admit(now, plan);
        fill(now, prefillTokens, plan);
    }

    /**
     * Begins the plan of a step, up to admissions.
     *
     * @param now nanoseconds of the clock of arrivals and deadlines
     * @param plan is cleared first
     * @throws IllegalStateException when the last plan's entries were neither decoded nor failed
     */
    public void admit(long now, Plan<T> plan) {
        if (computing != null) {
            throw new IllegalStateException("The last plan is still computed; call decoded() or failed() first");
        }
        plan.clear();
        requests.end(now, plan);
        checkpoints.save(plan);
        admission.release(plan);
        ahead.plan(requests.decoding(), plan);
        pressure.relieve(now, plan);
        admission.admit(now, plan);
    }

    /**
     * Says what the step computes.
     *
     * @param now as in {@link #admit}
     * @param prefillTokens prompt tokens of the step at most; 0 for none beside decoding, and for as many as fit where nothing decodes
     * @param plan the same; its entries are to be computed, then {@link #decoded} or {@link #failed} called, unless it has none
     * @throws IllegalArgumentException when {@code prefillTokens} is negative
     */
    public void fill(long now, int prefillTokens, Plan<T> plan) {
        Checks.atLeast("prefillTokens", prefillTokens, 0);
        batch.fill(now, prefillTokens, pressure.room(now, plan), plan);
        if (requests.isEmpty() && plan.isEmpty()) {
            slots.cache().saves().saveNext(plan);
        }
        computing = plan.entries().isEmpty() ? null : plan;
    }

    /**
     * Says that a plan's entries were computed: prompts and lengths advance. After the end of a prompt all sequences of its request have the
     * prompt's length; the engine copies the sequence of the entry's sequence to the others.
     *
     * @param plan the last plan
     * @throws IllegalStateException for another plan, or a second time
     */
    public void decoded(Plan<T> plan) {
        if (isComputed(plan)) {
            for (PlanEntry<T> entry : plan.entries()) {
                decoded(entry);
            }
        }
    }

    private void decoded(PlanEntry<T> entry) {
        ScheduledSequence<T> sequence = entry.sequence();
        ScheduledRequest<T> request = sequence.request();
        boolean last = entry.isLast();
        requests.served(request, entry.count());
        sequence.length += entry.count();
        if (!entry.isPrefill()) {
            sequence.unsampled = entry.count();
            return;
        }
        request.prefilled += entry.count();
        slots.cache().resized(sequence, request.prefilled);
        if (last) {
            requests.prompted(request);
            checkpoints.prompted(request);
        }
    }

    /** Says that a plan's entries were not computed, and that the KV cache is as before; otherwise as {@link #decoded}. */
    public void failed(Plan<T> plan) {
        if (isComputed(plan)) {
            for (PlanEntry<T> entry : plan.entries()) {
                entry.sequence().tainted = true;
            }
        }
    }

    private boolean isComputed(Plan<T> plan) {
        if (plan.entries().isEmpty()) {
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
     * Says what came out of a step for a sequence. A sequence that has not been sampled since is in no plan.
     *
     * @param sequence a sequence of the last plan that decoded, or whose prompt came to its end; nothing happens when it has ended since
     * @param accepted tokens generated: 1 and the drafts that were right; the rest leaves the sequence
     * @param ended whether no further token is wanted; a sequence that has as many as it may ends in any case
     * @throws IllegalStateException when the sequence has nothing to sample
     * @throws IllegalArgumentException when {@code accepted} is not between 1 and the tokens computed for the sequence
     */
    public void sampled(ScheduledSequence<T> sequence, int accepted, boolean ended) {
        if (sequence.ended) {
            return;
        }
        if (sequence.unsampled == 0) {
            throw new IllegalStateException("Sequence " + sequence.branch() + " of request "
                    + sequence.request().id() + " has nothing to sample; each computed step is sampled once");
        }
        Checks.between("accepted", accepted, 1, sequence.unsampled);
        sequence.excess = accepted < sequence.unsampled;
        sequence.length -= sequence.unsampled - accepted;
        slots.cache().resized(sequence, Math.min(sequence.length, sequence.known()));
        sequence.generated += accepted;
        sequence.unsampled = 0;
        sequence.drafts = 0;
        if (ended || sequence.generated == sequence.request().generatable) {
            requests.end(sequence);
        }
    }

    /**
     * Ends a request that was a prompt alone: its results were read.
     *
     * @param request a request whose prompt was computed to its end; nothing happens when it has ended since
     * @throws IllegalStateException when its prompt is not complete, or it generates
     */
    public void finished(ScheduledRequest<T> request) {
        if (request.isEnded()) {
            return;
        }
        if (request.phase != Phase.AWAITING_RESULT) {
            throw new IllegalStateException("Request " + request.id()
                    + " has no results to read; finished() is for prompts alone, after their last entry");
        }
        requests.end(request.sequence(0));
    }

    /** {@return how many requests wait for slots} */
    public int queued() {
        return waiting.size();
    }

    /** {@return how many requests wait until what the first of them takes the place of is saved} */
    public int awaitingSaves() {
        return admission.awaitingSaves();
    }

    /** {@return how many requests have slots, also such that wait to be cleared} */
    public int running() {
        return slots.requests();
    }

    /** {@return the number of answers that generate; paused ones do not count} */
    public int decoding() {
        return requests.decoding();
    }

    /** {@return how many slots nobody has} */
    public int freeSlots() {
        return slots.free();
    }

    /** {@return how much of the KV cache is reserved} */
    public long kvReserved() {
        return slots.reserved();
    }

    /** {@return what is kept after the end of requests} */
    public KeptSequences kept() {
        return kept;
    }

    /** {@return what is kept outside of the KV cache} */
    public PrefixTiers tiers() {
        return tiers;
    }

    /** {@return whether there is nothing to plan: no request lives and no slot waits to be cleared} */
    public boolean isIdle() {
        return requests.isEmpty()
                && !slots.hasReleases()
                && !slots.cache().evictions().hasForgotten();
    }

    /** {@return when the next plan is wanted at the latest, in nanoseconds; {@link Long#MAX_VALUE} without a deadline} */
    public long nextDeadline() {
        ScheduledRequest<?> first = requests.firstDeadline();
        return first == null ? Long.MAX_VALUE : first.deadline();
    }
}
