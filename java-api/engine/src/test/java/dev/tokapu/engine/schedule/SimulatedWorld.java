package dev.tokapu.engine.schedule;

import dev.tokapu.engine.schedule.SimulatedRequest.SimulatedSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One scheduler in a world of chance: requests arrive in bursts, are cancelled at any moment, steps fail, samples come late. Every
 * token is compared with the request's run alone, every admission with {@link NaiveAdmission}, every batch with {@link PlanCheck}.
 */
final class SimulatedWorld {

    final SimulationCounts counts;
    private final SplittableRandom random;
    private final SimulatedArrivals arrivals;
    private final SchedulerConfig config;
    private final Scheduler<SimulatedRequest> scheduler;
    private final Plan<SimulatedRequest> plan = new Plan<>();
    private final SimulatedModel model;
    private final NaiveAdmission admission;
    private final PlanCheck check;
    private final CountCheck count;
    private final SimulatedDecode decode;
    private final SimulatedPauses pauses;
    private final List<SimulatedRequest> live = new ArrayList<>();
    private final List<Integer> toRelease = new ArrayList<>();
    private final List<ScheduledRequest<SimulatedRequest>> releasedRequests = new ArrayList<>();
    private final List<ScheduledSequence<SimulatedRequest>> unsampled = new ArrayList<>();
    private final List<ScheduledRequest<SimulatedRequest>> unread = new ArrayList<>();
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
        this.config = arrivals.config();
        this.scheduler = new Scheduler<>(config);
        this.model = new SimulatedModel(config.slots(), config.slotTokens());
        this.admission = new NaiveAdmission(config);
        this.check = new PlanCheck(config, model, arrivals.groups());
        this.count = new CountCheck(config, model, scheduler, admission);
        this.decode = new SimulatedDecode(random, model, admission, counts, plan, unsampled, unread);
        this.pauses = new SimulatedPauses(random, scheduler);
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
            pauses.change(live);
            step();
        }
        pauses.end(live);
        for (int i = 0; !scheduler.isIdle(); i++) {
            Check.that(i < 200_000, "every accepted request ends; still live", live.size(), i);
            step();
        }
        Check.equal("live requests", live.size(), 0);
        Check.equal("reserved when idle", scheduler.kvReserved(), 0);
        Check.equal("free slots when idle", scheduler.freeSlots(), config.slots());
    }

    private void arrive() {
        for (int i = arrivals.now(); i > 0; i--) {
            SimulatedRequest request = arrivals.next(config, now);
            RejectReason expected = expected(request);
            RejectReason refusal = scheduler.offer(request.request);
            Check.that(refusal == expected, "refusal " + refusal + ", expected " + expected, request.request);
            counts.offered++;
            if (refusal == null) {
                admission.offered(request);
                live.add(request);
                counts.accepted++;
            }
        }
    }

    private RejectReason expected(SimulatedRequest request) {
        if (request.sequences.length > config.slots()) {
            return RejectReason.TOO_MANY_BRANCHES;
        }
        int least = request.request.promptTokens() + (request.request.promptOnly() ? 0 : 1);
        if (least > config.slotTokens() || request.reservation() > config.kvTokens()) {
            return RejectReason.TOO_LONG;
        }
        if (request.request.whole() && request.request.promptTokens() > config.batchTokens()) {
            return RejectReason.WHOLE_TOO_LONG;
        }
        if (request.request.deadline() <= request.request.arrival()) {
            return RejectReason.EXPIRED;
        }
        return admission.queued() >= config.queue() ? RejectReason.QUEUE_FULL : null;
    }

    private void step() {
        now += random.nextLong(2 * tick);
        cancelSome();
        sampleLate();
        offerDrafts();
        int prefillTokens = steadyPrefill ? config.batchTokens() / 2 : random.nextInt(config.batchTokens() + 1);
        scheduler.plan(now, prefillTokens, plan);
        counts.steps++;
        applyEnds();
        applyReleases();
        check.ended(live);
        admission.check(plan, now);
        check.check(plan, live, now, prefillTokens);
        cancelSome();
        if (!plan.entries().isEmpty() && chance(failures)) {
            scheduler.failed(plan);
            counts.failed++;
        } else {
            decode.compute();
            scheduler.decoded(plan);
            cancelSome();
            sample();
        }
        count.check(live);
    }

    private void cancelSome() {
        if (live.isEmpty() || !chance(cancels)) {
            return;
        }
        SimulatedRequest request = live.get(random.nextInt(live.size()));
        if (random.nextBoolean()) {
            scheduler.cancel(request.request.id());
            request.cancelled = true;
        } else {
            int branch = random.nextInt(request.sequences.length);
            scheduler.cancel(request.request.id(), branch);
            request.sequences[branch].cancelled = true;
        }
        scheduler.cancel(-1);
    }

    private void offerDrafts() {
        for (SimulatedRequest request : live) {
            for (int branch = 0; branch < request.sequences.length; branch++) {
                if (request.isReady(request.sequences[branch]) && chance(drafts)) {
                    request.sequences[branch].drafts = random.nextInt(6);
                    request.request.sequence(branch).drafts(request.sequences[branch].drafts);
                }
            }
        }
    }

    private void applyEnds() {
        for (int i = 0; i < plan.ends().size(); i++) {
            SimulatedRequest request = plan.ends().get(i).request().task();
            ScheduledSequence<SimulatedRequest> sequence = plan.ends().get(i).sequence();
            boolean cancelled = plan.ends().get(i).reason() == EndReason.CANCELLED;
            Check.that(!request.ended, "ends twice", request.request);
            if (sequence == null) {
                Check.that(
                        cancelled ? request.cancelled : request.request.deadline() <= now,
                        "ends without reason",
                        request.request);
                for (int branch = 0; branch < request.sequences.length; branch++) {
                    end(request, branch);
                }
            } else {
                SimulatedSequence simulated = request.sequences[sequence.branch()];
                Check.that(cancelled && simulated.cancelled && !simulated.ended, "sequence ends", request.request);
                end(request, sequence.branch());
            }
            counts.ended(plan.ends().get(i).reason());
        }
        for (SimulatedRequest request : live) {
            Check.that(!request.cancelled && request.request.deadline() > now, "should have ended", request.request);
            for (SimulatedSequence sequence : request.sequences) {
                Check.that(sequence.ended || !sequence.cancelled, "sequence should have ended", request.request);
            }
        }
    }

    private void end(SimulatedRequest request, int branch) {
        SimulatedSequence sequence = request.sequences[branch];
        if (sequence.ended) {
            return;
        }
        boolean hadPrompt = request.admitted && !request.prompted && firstLive(request) == sequence;
        sequence.ended = true;
        request.liveSequences--;
        if (hadPrompt && request.liveSequences > 0) {
            SimulatedSequence heir = firstLive(request);
            int slot = sequence.slot;
            sequence.slot = heir.slot;
            heir.slot = slot;
        }
        if (sequence.slot >= 0) {
            toRelease.add(sequence.slot);
            releasedRequests.add(request.request);
            sequence.slot = -1;
        }
        if (request.liveSequences == 0) {
            request.ended = true;
            live.remove(request);
            admission.ended(request);
            Check.that(request.request.isEnded(), "should be ended", request.request);
        } else {
            admission.needsLess(request);
        }
    }

    private static SimulatedSequence firstLive(SimulatedRequest request) {
        for (SimulatedSequence sequence : request.sequences) {
            if (!sequence.ended) {
                return sequence;
            }
        }
        throw new AssertionError("No live sequence of request " + request.request.id());
    }

    private void applyReleases() {
        Check.equal("releases", plan.operations().size(), toRelease.size());
        for (KvOperation operation : plan.operations()) {
            int index = toRelease.indexOf(operation.slot());
            Check.that(operation.kind() == KvOperation.Kind.CLEAR, "operation", operation.slot(), operation.length());
            Check.that(index >= 0, "released slot", operation.slot(), toRelease.size());
            model.clear(operation.slot());
            admission.released(releasedRequests.get(index).task(), operation.slot());
            toRelease.remove(/* index */ index);
            releasedRequests.remove(index);
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

    private void finish(ScheduledRequest<SimulatedRequest> request) {
        SimulatedRequest simulated = request.task();
        scheduler.finished(request);
        if (!simulated.ended) {
            end(simulated, 0);
            counts.ended(EndReason.DONE);
        }
    }

    private void sample(ScheduledSequence<SimulatedRequest> sequence) {
        SimulatedRequest request = sequence.request().task();
        SimulatedSequence simulated = SimulatedRequest.of(sequence);
        scheduler.sampled(sequence, simulated.sampled, simulated.sampledEnd);
        simulated.unsampled = false;
        simulated.drafts = 0;
        if (simulated.ended) {
            return;
        }
        Check.equal("generated", sequence.generated(), simulated.generated);
        Check.equal("length", sequence.length(), request.request.promptTokens() + simulated.generated - 1);
        Check.that(simulated.generated <= request.generatable, "generates too much", request.request);
        model.truncate(simulated.slot, sequence.length());
        boolean over = simulated.sampledEnd || simulated.generated == request.generatable;
        Check.that(sequence.isEnded() == over, "sequence's end", request.request);
        if (over) {
            end(request, sequence.branch());
            counts.ended(EndReason.DONE);
        }
    }
}
