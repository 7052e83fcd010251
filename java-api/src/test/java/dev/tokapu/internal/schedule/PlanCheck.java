package dev.tokapu.internal.schedule;

import dev.tokapu.internal.schedule.SimulatedJob.SimulatedLane;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules that the entries of every plan keep, checked against what the simulation knows by itself. */
final class PlanCheck {

    private final Limits limits;
    private final SimulatedModel model;
    private final GapCheck gaps;
    private final PadCheck pads;
    private final int groups;
    private final Map<Integer, Integer> waits = new HashMap<>();
    private final Set<Lane> planned = new HashSet<>();
    private int lastGroup = -1;
    private int turn;
    private long outputs;

    PlanCheck(Limits limits, SimulatedModel model, int groups) {
        this.limits = limits;
        this.model = model;
        this.gaps = new GapCheck(limits, model);
        this.pads = new PadCheck(limits);
        this.groups = groups;
    }

    /** Between ends and admissions: a group without jobs leaves the line, and stands in it anew when it comes back. */
    void ended(List<SimulatedJob> live) {
        Set<Integer> left = new HashSet<>(4);
        for (SimulatedJob job : live) {
            if (job.admitted) {
                left.add(job.job.group());
            }
        }
        waits.keySet().retainAll(left);
        lastGroup = left.contains(lastGroup) ? lastGroup : -1;
    }

    void check(Plan plan, List<SimulatedJob> live, long now, int prefillTokens) {
        gaps.check(plan, live);
        pads.check(plan);
        int ordinary = plan.entries() - plan.gapTokens();
        planned.clear();
        int decode = 0;
        int prefill = 0;
        outputs = 0;
        for (int i = 0; i < plan.entries(); i++) {
            Lane lane = plan.lane(i);
            Check.that(planned.add(lane), "lane planned twice", lane.job());
            Check.that(lane.job().group() == plan.group(), "foreign group", lane.job());
            Check.equal("slot", lane.slot(), SimulatedJob.of(lane).slot);
            Check.equal("position", plan.from(i), model.length(lane.slot()));
            Check.that(plan.count(i) >= 1, "tokens of an entry", plan.count(i), 1);
            Check.that(
                    plan.from(i) + plan.count(i) <= limits.slotTokens(), "slot overflows", plan.from(i), plan.count(i));
            if (plan.isPrefill(i)) {
                checkPrompt(plan, i);
            }
            if (i >= ordinary) {
                continue;
            }
            if (plan.isPrefill(i)) {
                prefill += plan.count(i);
                checkOutputs(plan, i, ordinary);
            } else {
                Check.that(prefill == 0, "decodes behind a prompt", lane.job());
                decode += plan.count(i);
            }
        }
        for (int i = ordinary; i < plan.entries(); i++) {
            planned.remove(plan.lane(i)); // what follows is about the ordinary entries
        }
        Check.equal("tokens", plan.tokens(), decode + prefill + plan.gapTokens());
        Check.that(
                plan.tokens() + plan.bridges() <= limits.batchTokens(),
                "batch overflows",
                plan.tokens(),
                limits.batchTokens());
        checkTurn(plan, live);
        if (plan.entries() > 0) {
            checkDecoding(plan, live, decode);
            checkPrompts(plan, live, now, prefillTokens, decode, prefill);
        }
    }

    private static void checkPrompt(Plan plan, int i) {
        Job job = plan.lane(i).job();
        SimulatedJob simulated = SimulatedJob.of(job);
        Check.that(simulated.admitted && !simulated.prompted, "prompt planned without need", job);
        Check.that(plan.lane(i) == job.promptLane(), "prompt in another lane", job);
        Check.equal("prompt position", plan.from(i), simulated.prefilled);
        int end = plan.from(i) + plan.count(i);
        Check.that(end <= job.promptTokens(), "prompt overflows", job);
        Check.that(plan.isLast(i) == (end == job.promptTokens()), "isLast", job);
        Check.that(!job.whole() || plan.count(i) == job.promptTokens(), "whole prompt in parts", job);
    }

    private void checkOutputs(Plan plan, int i, int ordinary) {
        Job job = plan.lane(i).job();
        int made = Math.max(0, plan.from(i) + plan.count(i) - Math.max(plan.from(i), job.outputsFrom));
        outputs += made;
        Check.that(made == 0 || job.whole() || outputs <= limits.outputs(), "outputs", outputs, limits.outputs());
        boolean cut = outputs >= limits.outputs() && plan.from(i) + plan.count(i) >= job.outputsFrom;
        Check.that(plan.isLast(i) || i == ordinary - 1 || cut, "part of a prompt before another", job);
    }

    /** Whether a prompt's next token needs an output of which there are no more in the step. */
    private boolean lacksOutputs(SimulatedJob job) {
        return !job.job.whole() && outputs >= limits.outputs() && job.prefilled >= job.job.outputsFrom;
    }

    private void checkTurn(Plan plan, List<SimulatedJob> live) {
        Set<Integer> working = new HashSet<>(4);
        for (SimulatedJob job : live) {
            if (job.hasWork()) {
                working.add(job.job.group());
            }
        }
        if (working.isEmpty() || plan.entries() == 0) {
            Check.that(working.isEmpty() && plan.entries() == 0, "progress", plan.entries(), working.size());
            return;
        }
        int group = plan.group();
        if (group != lastGroup) {
            boolean early = working.contains(lastGroup) && turn < limits.groupSteps();
            Check.that(!early, "group lost its turn early", turn, limits.groupSteps());
            turn = 0;
        }
        lastGroup = group;
        turn = working.size() > 1 ? turn + 1 : 0;
        Check.that(turn <= limits.groupSteps(), "group keeps its turn", turn, limits.groupSteps());
        int longestWait = limits.groupSteps() * groups;
        for (int other : working) {
            int waited = other == group ? 0 : waits.merge(other, 1, Integer::sum);
            if (other == group) {
                waits.remove(group);
            }
            Check.that(waited <= longestWait, "group waits", waited, longestWait);
        }
    }

    private void checkDecoding(Plan plan, List<SimulatedJob> live, int tokens) {
        long wanted = 0;
        boolean leftOut = false;
        for (SimulatedJob job : live) {
            if (job.job.group() != plan.group()) {
                continue;
            }
            for (int branch = 0; branch < job.lanes.length; branch++) {
                SimulatedLane lane = job.lanes[branch];
                if (!job.isReady(lane)) {
                    continue;
                }
                wanted += 1 + Math.min(lane.drafts, job.generatable - lane.generated - 1);
                boolean isIn = planned.contains(job.job.lane(branch));
                leftOut |= !isIn;
                lane.skipped = isIn ? 0 : lane.skipped + 1;
                int bound = limits.slots() * (limits.slots() + 2);
                Check.that(lane.skipped <= bound, "lane left out for steps", lane.skipped, bound);
            }
        }
        Check.that(tokens <= wanted, "decodes more than wanted", tokens, wanted);
        Check.that(
                tokens == wanted || plan.tokens() - plan.gapTokens() == limits.batchTokens(),
                "decodes less than fits",
                tokens,
                wanted);
        for (int i = 0; i < plan.decodeEntries(); i++) {
            SimulatedLane lane = SimulatedJob.of(plan.lane(i));
            SimulatedJob job = SimulatedJob.of(plan.lane(i).job());
            Check.that(job.isReady(lane), "lane cannot decode", job.job);
            Check.that(plan.count(i) <= 1 + lane.drafts, "drafts that were not offered", job.job);
            Check.that(plan.count(i) == 1 || !leftOut, "drafts before a next token", job.job);
        }
    }

    private void checkPrompts(
            Plan plan, List<SimulatedJob> live, long now, int prefillTokens, int decode, int prefill) {
        int room = limits.batchTokens() - decode;
        int budget = plan.decodeEntries() > 0 || prefillTokens > 0 ? Math.min(room, prefillTokens) : room;
        int first = plan.decodeEntries();
        int ordinary = plan.entries() - plan.gapTokens();
        boolean oneWhole = ordinary == first + 1 && plan.lane(first).job().whole();
        Check.that(prefill <= budget || (oneWhole && budget > 0), "prompt tokens", prefill, budget);
        for (int i = first + 1; i < ordinary; i++) {
            Check.that(
                    isBefore(plan.lane(i - 1).job(), plan.lane(i).job(), now),
                    "order",
                    plan.lane(i).job());
        }
        SimulatedJob best = null;
        for (SimulatedJob job : live) {
            boolean waits = job.admitted && !job.prompted && job.job.group() == plan.group();
            if (waits && (best == null || isBefore(job.job, best.job, now))) {
                best = job;
            }
            if (!waits || planned.contains(job.job.promptLane())) {
                continue;
            }
            boolean fits = job.job.whole()
                    ? job.job.promptTokens() <= budget - prefill
                    : prefill < budget && !lacksOutputs(job) && !isTooSmallAPart(job, prefill, budget - prefill);
            boolean behind =
                    fits && live.stream().anyMatch(other -> stops(other, job, plan, now, prefill, budget - prefill));
            Check.that(!fits || behind, "prompt fits, but is left out", job.job);
            if (ordinary > first && !job.job.whole() && !lacksOutputs(job)) {
                Job last = plan.lane(ordinary - 1).job();
                Check.that(isBefore(last, job.job, now), "prompt goes before a better one", last);
            }
        }
        if (best != null && best.job.whole() && prefillTokens > 0 && !planned.contains(best.job.promptLane())) {
            best.passedOver++;
            Check.that(best.passedOver <= limits.groupSteps(), "whole prompt passed over", best.job);
        }
    }

    /** Whether what is left of the step is not worth a micro-batch for part of a further prompt. */
    private boolean isTooSmallAPart(SimulatedJob job, int prefill, int left) {
        return prefill > 0 && left < Math.min(job.job.promptTokens() - job.prefilled, limits.piece());
    }

    /** Whether the step reads no more prompts because of one, before it comes to another one. */
    private boolean stops(SimulatedJob stopping, SimulatedJob behind, Plan plan, long now, int prefill, int left) {
        return stopping.admitted
                && !stopping.prompted
                && !stopping.job.whole()
                && stopping.job.group() == plan.group()
                && !planned.contains(stopping.job.promptLane())
                && isTooSmallAPart(stopping, prefill, left)
                && isBefore(stopping.job, behind.job, now);
    }

    private boolean isBefore(Job job, Job other, long now) {
        long level = job.priority() + Math.max(0, now - job.arrival()) / limits.agingNanos();
        long otherLevel = other.priority() + Math.max(0, now - other.arrival()) / limits.agingNanos();
        int rest = job.promptTokens() - job.prefilled();
        int otherRest = other.promptTokens() - other.prefilled();
        if (level != otherLevel) {
            return level > otherLevel;
        }
        if (rest != otherRest) {
            return rest < otherRest;
        }
        return job.arrival() != other.arrival() ? job.arrival() < other.arrival() : job.id() < other.id();
    }
}
