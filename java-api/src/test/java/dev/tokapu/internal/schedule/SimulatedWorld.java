package dev.tokapu.internal.schedule;

import dev.tokapu.internal.schedule.SimulatedJob.SimulatedLane;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One scheduler in a world of chance: jobs arrive in bursts, are cancelled at any moment, steps fail, samples come late. Every
 * token is compared with the job's run alone, every admission with {@link NaiveAdmission}, every batch with {@link PlanCheck}.
 */
final class SimulatedWorld {

    final SimulationCounts counts;
    private final SplittableRandom random;
    private final SimulatedArrivals arrivals;
    private final Limits limits;
    private final Scheduler scheduler;
    private final Plan plan = new Plan();
    private final SimulatedModel model;
    private final NaiveAdmission admission;
    private final PlanCheck check;
    private final List<SimulatedJob> live = new ArrayList<>();
    private final List<Integer> toRelease = new ArrayList<>();
    private final List<Job> releasedJobs = new ArrayList<>();
    private final List<Lane> unsampled = new ArrayList<>();
    private final List<Job> unread = new ArrayList<>();
    private final double cancels;
    private final double failures;
    private final double delays;
    private final double drafts;
    private final boolean steadyPrefill;
    private final long tick;
    private long now;

    SimulatedWorld(long seed, SimulationCounts counts) {
        this.random = new SplittableRandom(seed);
        this.counts = counts;
        this.arrivals = new SimulatedArrivals(random);
        this.limits = arrivals.limits();
        this.scheduler = new Scheduler(limits);
        this.model = new SimulatedModel(limits.slots(), limits.slotTokens());
        this.admission = new NaiveAdmission(limits);
        this.check = new PlanCheck(limits, model, arrivals.groups());
        this.cancels = random.nextInt(3) * 0.05;
        this.failures = random.nextInt(3) * 0.02;
        this.delays = random.nextInt(3) == 0 ? 0.2 : 0;
        this.drafts = random.nextInt(3) * 0.3;
        this.steadyPrefill = random.nextBoolean();
        this.tick = 1L + random.nextInt(100);
    }

    private boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            arrive();
            step();
        }
        for (int i = 0; !scheduler.isIdle(); i++) {
            Check.that(i < 200_000, "every accepted job ends; still live", live.size(), i);
            step();
        }
        Check.equal("live jobs", live.size(), 0);
        Check.equal("reserved when idle", scheduler.kvReserved(), 0);
        Check.equal("free slots when idle", scheduler.freeSlots(), limits.slots());
    }

    private void arrive() {
        for (int i = arrivals.now(); i > 0; i--) {
            SimulatedJob job = arrivals.next(limits, now);
            Refusal expected = expected(job);
            Refusal refusal = scheduler.offer(job.job);
            Check.that(refusal == expected, "refusal " + refusal + ", expected " + expected, job.job);
            counts.offered++;
            if (refusal == null) {
                admission.offered(job);
                live.add(job);
                counts.accepted++;
            }
        }
    }

    private Refusal expected(SimulatedJob job) {
        if (job.lanes.length > limits.slots()) {
            return Refusal.TOO_MANY_BRANCHES;
        }
        int least = job.job.promptTokens() + (job.job.promptOnly() ? 0 : 1);
        if (least > limits.slotTokens() || job.reservation() > limits.kvTokens()) {
            return Refusal.TOO_LONG;
        }
        if (job.job.whole() && job.job.promptTokens() > limits.batchTokens()) {
            return Refusal.WHOLE_TOO_LONG;
        }
        if (job.job.deadline() <= job.job.arrival()) {
            return Refusal.EXPIRED;
        }
        return admission.queued() >= limits.queue() ? Refusal.QUEUE_FULL : null;
    }

    private void step() {
        now += random.nextLong(2 * tick);
        cancelSome();
        sampleLate();
        offerDrafts();
        int prefillTokens = steadyPrefill ? limits.batchTokens() / 2 : random.nextInt(limits.batchTokens() + 1);
        scheduler.plan(now, prefillTokens, plan);
        counts.steps++;
        applyEnds();
        applyReleases();
        check.ended(live);
        admission.check(plan, now);
        check.check(plan, live, now, prefillTokens);
        cancelSome();
        if (plan.entries() > 0 && chance(failures)) {
            scheduler.failed(plan);
            counts.failed++;
        } else {
            compute();
            cancelSome();
            sample();
        }
        checkCounts();
    }

    private void cancelSome() {
        if (live.isEmpty() || !chance(cancels)) {
            return;
        }
        SimulatedJob job = live.get(random.nextInt(live.size()));
        if (random.nextBoolean()) {
            scheduler.cancel(job.job.id());
            job.cancelled = true;
        } else {
            int branch = random.nextInt(job.lanes.length);
            scheduler.cancel(job.job.id(), branch);
            job.lanes[branch].cancelled = true;
        }
        scheduler.cancel(-1);
    }

    private void offerDrafts() {
        for (SimulatedJob job : live) {
            for (int branch = 0; branch < job.lanes.length; branch++) {
                if (job.isReady(job.lanes[branch]) && chance(drafts)) {
                    job.lanes[branch].drafts = random.nextInt(6);
                    job.job.lane(branch).drafts(job.lanes[branch].drafts);
                }
            }
        }
    }

    private void applyEnds() {
        for (int i = 0; i < plan.ends(); i++) {
            SimulatedJob job = SimulatedJob.of(plan.endedJob(i));
            Lane lane = plan.endedLane(i);
            boolean cancelled = plan.endReason(i) == End.CANCELLED;
            Check.that(!job.ended, "ends twice", job.job);
            if (lane == null) {
                Check.that(cancelled ? job.cancelled : job.job.deadline() <= now, "ends without reason", job.job);
                for (int branch = 0; branch < job.lanes.length; branch++) {
                    end(job, branch);
                }
            } else {
                SimulatedLane simulated = job.lanes[lane.branch()];
                Check.that(cancelled && simulated.cancelled && !simulated.ended, "lane ends", job.job);
                end(job, lane.branch());
            }
            counts.ended(plan.endReason(i));
        }
        for (SimulatedJob job : live) {
            Check.that(!job.cancelled && job.job.deadline() > now, "should have ended", job.job);
            for (SimulatedLane lane : job.lanes) {
                Check.that(lane.ended || !lane.cancelled, "lane should have ended", job.job);
            }
        }
    }

    private void end(SimulatedJob job, int branch) {
        SimulatedLane lane = job.lanes[branch];
        if (lane.ended) {
            return;
        }
        boolean hadPrompt = job.admitted && !job.prompted && firstLive(job) == lane;
        lane.ended = true;
        job.liveLanes--;
        if (hadPrompt && job.liveLanes > 0) {
            SimulatedLane heir = firstLive(job);
            int slot = lane.slot;
            lane.slot = heir.slot;
            heir.slot = slot;
        }
        if (lane.slot >= 0) {
            toRelease.add(lane.slot);
            releasedJobs.add(job.job);
            lane.slot = -1;
        }
        if (job.liveLanes == 0) {
            job.ended = true;
            live.remove(job);
            admission.ended(job);
            Check.that(job.job.isEnded(), "should be ended", job.job);
        } else {
            admission.needsLess(job);
        }
    }

    private static SimulatedLane firstLive(SimulatedJob job) {
        for (SimulatedLane lane : job.lanes) {
            if (!lane.ended) {
                return lane;
            }
        }
        throw new AssertionError("No live lane of job " + job.job.id());
    }

    private void applyReleases() {
        Check.equal("releases", plan.releases(), toRelease.size());
        for (int i = 0; i < plan.releases(); i++) {
            int index = toRelease.indexOf(plan.releasedSlot(i));
            Check.that(index >= 0, "released slot", plan.releasedSlot(i), toRelease.size());
            model.clear(plan.releasedSlot(i));
            admission.released(SimulatedJob.of(releasedJobs.get(index)), plan.releasedSlot(i));
            toRelease.remove(/* index */ index);
            releasedJobs.remove(index);
        }
    }

    private void compute() {
        counts.bridges += plan.bridges();
        counts.gapTokens += plan.gapTokens();
        counts.padded += plan.width() > 0 ? 1 : 0;
        for (int i = 0; i < plan.entries(); i++) {
            SimulatedJob job = SimulatedJob.of(plan.lane(i).job());
            admission.served(job, plan.count(i));
            counts.tokens += plan.count(i);
            if (plan.isPrefill(i)) {
                prefill(job, i);
            } else {
                decode(SimulatedJob.of(plan.lane(i)), i);
                unsampled.add(plan.lane(i));
            }
        }
        scheduler.decoded(plan);
    }

    private void prefill(SimulatedJob job, int entry) {
        int slot = plan.lane(entry).slot();
        int end = plan.from(entry) + plan.count(entry);
        for (int position = plan.from(entry); position < end; position++) {
            model.decode(slot, position, job.promptToken(position));
        }
        job.prefilled = end;
        if (!plan.isLast(entry)) {
            return;
        }
        job.prompted = true;
        if (job.job.promptOnly()) {
            unread.add(job.job);
            return;
        }
        job.promptAlone();
        for (int branch = 0; branch < job.lanes.length; branch++) {
            SimulatedLane lane = job.lanes[branch];
            if (lane.ended) {
                continue;
            }
            if (lane.slot != slot) {
                model.copy(slot, lane.slot);
            }
            lane.sampled = 0;
            generate(lane);
            unsampled.add(job.job.lane(branch));
        }
    }

    /** Samples from the slot, which must be what the job gets alone. */
    private int generate(SimulatedLane lane) {
        int token = SimulatedModel.next(model.prefix(lane.slot), lane.seed);
        Check.equal("token", token, lane.expected());
        lane.generate(token);
        lane.sampled++;
        lane.sampledEnd = SimulatedJob.endsText(token);
        lane.unsampled = true;
        return token;
    }

    private void decode(SimulatedLane lane, int entry) {
        int token = lane.last;
        boolean right = true;
        lane.sampled = 0;
        for (int i = 0; i < plan.count(entry); i++) {
            model.decode(lane.slot, plan.from(entry) + i, token);
            if (right) {
                int out = generate(lane);
                token = chance(0.7) ? out : out + 1;
                right = token == out && !lane.sampledEnd;
            }
        }
    }

    private void sample() {
        for (int i = unsampled.size() - 1; i >= 0; i--) {
            if (!chance(delays)) {
                sample(unsampled.remove(i));
            }
        }
        for (int i = unread.size() - 1; i >= 0; i--) {
            if (!chance(delays)) {
                finish(unread.remove(i));
            }
        }
    }

    private void sampleLate() {
        if (!unsampled.isEmpty() || !unread.isEmpty()) {
            sample();
        }
    }

    private void finish(Job job) {
        SimulatedJob simulated = SimulatedJob.of(job);
        scheduler.finished(job);
        if (!simulated.ended) {
            end(simulated, 0);
            counts.ended(End.DONE);
        }
    }

    private void sample(Lane lane) {
        SimulatedJob job = SimulatedJob.of(lane.job());
        SimulatedLane simulated = SimulatedJob.of(lane);
        scheduler.sampled(lane, simulated.sampled, simulated.sampledEnd);
        simulated.unsampled = false;
        simulated.drafts = 0;
        if (simulated.ended) {
            return;
        }
        Check.equal("generated", lane.generated(), simulated.generated);
        Check.equal("length", lane.length(), job.job.promptTokens() + simulated.generated - 1);
        Check.that(simulated.generated <= job.generatable, "generates too much", job.job);
        model.truncate(simulated.slot, lane.length());
        boolean over = simulated.sampledEnd || simulated.generated == job.generatable;
        Check.that(lane.isEnded() == over, "lane's end", job.job);
        if (over) {
            end(job, lane.branch());
            counts.ended(End.DONE);
        }
    }

    private void checkCounts() {
        int decoding = 0;
        long deadline = Long.MAX_VALUE;
        long kv = 0;
        for (SimulatedJob job : live) {
            decoding += job.prompted && !job.job.promptOnly() ? job.liveLanes : 0;
            deadline = Math.min(deadline, job.job.deadline());
            Check.that(job.job.isQueued() != job.admitted, "queued", job.job);
            Check.that(job.job.isPrefilling() == (job.admitted && !job.prompted), "prefilling", job.job);
            Check.equal("prefilled", job.job.prefilled(), job.prefilled);
            kv += limits.shared() ? Math.min(job.prefilled, job.job.promptTokens()) : 0;
            for (SimulatedLane lane : job.lanes) {
                int length = lane.slot < 0 ? 0 : model.length(lane.slot);
                kv += limits.shared() ? Math.max(0, length - job.job.promptTokens()) : length;
            }
        }
        Check.that(kv <= scheduler.kvReserved(), "KV tokens beyond the reservation", kv, scheduler.kvReserved());
        Check.equal("decoding", scheduler.decoding(), decoding);
        Check.equal("next deadline", scheduler.nextDeadline(), deadline);
        Check.equal("queued", scheduler.queued(), admission.queued());
        Check.equal("free slots", scheduler.freeSlots(), admission.freeSlots());
        Check.equal("reserved", scheduler.kvReserved(), admission.reserved());
    }
}
