package dev.tokapu.engine.schedule;

import dev.tokapu.engine.schedule.SimulatedRequest.SimulatedSequence;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules that the entries of every plan keep, checked against what the simulation knows by itself. */
final class PlanCheck {

    private final SchedulerConfig config;
    private final SimulatedModel model;
    private final GapCheck gaps;
    private final PadCheck pads;
    private final int groups;
    private final Map<Integer, Integer> waits = new HashMap<>();
    private final Set<ScheduledSequence<SimulatedRequest>> planned = new HashSet<>();
    private int lastGroup = -1;
    private int turn;
    private long outputs;

    PlanCheck(SchedulerConfig config, SimulatedModel model, int groups) {
        this.config = config;
        this.model = model;
        this.gaps = new GapCheck(config, model);
        this.pads = new PadCheck(config);
        this.groups = groups;
    }

    /** Between ends and admissions: a group without requests leaves the line, and stands in it anew when it comes back. */
    void ended(List<SimulatedRequest> live) {
        Set<Integer> left = new HashSet<>(4);
        for (SimulatedRequest request : live) {
            if (request.admitted) {
                left.add(request.request.group());
            }
        }
        waits.keySet().retainAll(left);
        lastGroup = left.contains(lastGroup) ? lastGroup : -1;
    }

    void check(Plan<SimulatedRequest> plan, List<SimulatedRequest> live, long now, int prefillTokens) {
        gaps.check(plan, live);
        pads.check(plan);
        int ordinary = plan.entries().size() - plan.gapTokens();
        planned.clear();
        int decode = 0;
        int prefill = 0;
        outputs = 0;
        for (int i = 0; i < plan.entries().size(); i++) {
            ScheduledSequence<SimulatedRequest> sequence = plan.entries().get(i).sequence();
            Check.that(planned.add(sequence), "sequence planned twice", sequence.request());
            Check.that(sequence.request().group() == plan.group(), "foreign group", sequence.request());
            Check.equal("slot", sequence.slot(), SimulatedRequest.of(sequence).slot);
            Check.equal("position", plan.entries().get(i).from(), model.length(sequence.slot()));
            Check.that(
                    plan.entries().get(i).count() >= 1,
                    "tokens of an entry",
                    plan.entries().get(i).count(),
                    1);
            Check.that(
                    plan.entries().get(i).from() + plan.entries().get(i).count() <= config.slotTokens(),
                    "slot overflows",
                    plan.entries().get(i).from(),
                    plan.entries().get(i).count());
            if (plan.entries().get(i).isPrefill()) {
                checkPrompt(plan, i);
            }
            if (i >= ordinary) {
                continue;
            }
            if (plan.entries().get(i).isPrefill()) {
                prefill += plan.entries().get(i).count();
                checkOutputs(plan, i, ordinary);
            } else {
                Check.that(prefill == 0, "decodes behind a prompt", sequence.request());
                decode += plan.entries().get(i).count();
            }
        }
        for (int i = ordinary; i < plan.entries().size(); i++) {
            planned.remove(plan.entries().get(i).sequence()); // what follows is about the ordinary entries
        }
        Check.equal("tokens", plan.tokens(), decode + prefill + plan.gapTokens());
        Check.that(
                plan.tokens() + plan.bridgedSlots().size() <= config.batchTokens(),
                "batch overflows",
                plan.tokens(),
                config.batchTokens());
        checkTurn(plan, live);
        if (!plan.entries().isEmpty()) {
            checkDecoding(plan, live, decode);
            checkPrompts(plan, live, now, prefillTokens, decode, prefill);
        }
    }

    private static void checkPrompt(Plan<SimulatedRequest> plan, int i) {
        ScheduledRequest<SimulatedRequest> request = plan.entries().get(i).request();
        SimulatedRequest simulated = request.task();
        Check.that(simulated.admitted && !simulated.prompted, "prompt planned without need", request);
        Check.that(plan.entries().get(i).sequence() == request.promptSequence(), "prompt in another sequence", request);
        Check.equal("prompt position", plan.entries().get(i).from(), simulated.prefilled);
        int end = plan.entries().get(i).from() + plan.entries().get(i).count();
        Check.that(end <= request.promptTokens(), "prompt overflows", request);
        Check.that(plan.entries().get(i).isLast() == (end == request.promptTokens()), "isLast", request);
        Check.that(
                !request.whole() || plan.entries().get(i).count() == request.promptTokens(),
                "whole prompt in parts",
                request);
    }

    private void checkOutputs(Plan<SimulatedRequest> plan, int i, int ordinary) {
        ScheduledRequest<SimulatedRequest> request = plan.entries().get(i).request();
        int made = Math.max(
                0,
                plan.entries().get(i).from()
                        + plan.entries().get(i).count()
                        - Math.max(plan.entries().get(i).from(), request.outputsFrom));
        outputs += made;
        Check.that(made == 0 || request.whole() || outputs <= config.outputs(), "outputs", outputs, config.outputs());
        boolean cut = outputs >= config.outputs()
                && plan.entries().get(i).from() + plan.entries().get(i).count() >= request.outputsFrom;
        Check.that(
                plan.entries().get(i).isLast() || i == ordinary - 1 || cut, "part of a prompt before another", request);
    }

    /** Whether a prompt's next token needs an output of which there are no more in the step. */
    private boolean lacksOutputs(SimulatedRequest request) {
        return !request.request.whole()
                && outputs >= config.outputs()
                && request.prefilled >= request.request.outputsFrom;
    }

    private void checkTurn(Plan<SimulatedRequest> plan, List<SimulatedRequest> live) {
        Set<Integer> working = new HashSet<>(4);
        for (SimulatedRequest request : live) {
            if (request.hasWork()) {
                working.add(request.request.group());
            }
        }
        if (working.isEmpty() || plan.entries().size() == 0) {
            Check.that(
                    working.isEmpty() && plan.entries().size() == 0,
                    "progress",
                    plan.entries().size(),
                    working.size());
            return;
        }
        int group = plan.group();
        if (group != lastGroup) {
            boolean early = working.contains(lastGroup) && turn < config.groupSteps();
            Check.that(!early, "group lost its turn early", turn, config.groupSteps());
            turn = 0;
        }
        lastGroup = group;
        turn = working.size() > 1 ? turn + 1 : 0;
        Check.that(turn <= config.groupSteps(), "group keeps its turn", turn, config.groupSteps());
        waits.keySet().retainAll(working); // a group whose answers are all paused does not wait
        for (int other : working) {
            int waited = other == group ? 0 : waits.merge(other, 1, Integer::sum);
            if (other == group) {
                waits.remove(group);
            }
            Check.that(waited <= config.groupSteps() * groups, "group waits", waited, group);
        }
    }

    private void checkDecoding(Plan<SimulatedRequest> plan, List<SimulatedRequest> live, int tokens) {
        long wanted = 0;
        boolean leftOut = false;
        for (SimulatedRequest request : live) {
            if (request.request.group() != plan.group()) {
                continue;
            }
            for (int branch = 0; branch < request.sequences.length; branch++) {
                SimulatedSequence sequence = request.sequences[branch];
                if (!request.isReady(sequence)) {
                    continue;
                }
                wanted += 1 + Math.min(sequence.drafts, request.generatable - sequence.generated - 1);
                boolean isIn = planned.contains(request.request.sequence(branch));
                leftOut |= !isIn;
                sequence.skipped = isIn ? 0 : sequence.skipped + 1;
                int bound = config.slots() * (config.slots() + 2);
                Check.that(sequence.skipped <= bound, "sequence left out for steps", sequence.skipped, bound);
            }
        }
        Check.that(tokens <= wanted, "decodes more than wanted", tokens, wanted);
        Check.that(
                tokens == wanted || plan.tokens() - plan.gapTokens() == config.batchTokens(),
                "decodes less than fits",
                tokens,
                wanted);
        for (int i = 0; i < plan.decodeEntries(); i++) {
            SimulatedSequence sequence =
                    SimulatedRequest.of(plan.entries().get(i).sequence());
            SimulatedRequest request = plan.entries().get(i).task();
            Check.that(request.isReady(sequence), "sequence cannot decode", request.request);
            Check.that(
                    plan.entries().get(i).count() <= 1 + sequence.drafts,
                    "drafts that were not offered",
                    request.request);
            Check.that(plan.entries().get(i).count() == 1 || !leftOut, "drafts before a next token", request.request);
        }
    }

    private void checkPrompts(
            Plan<SimulatedRequest> plan,
            List<SimulatedRequest> live,
            long now,
            int prefillTokens,
            int decode,
            int prefill) {
        int room = config.batchTokens() - decode;
        int budget = plan.decodeEntries() > 0 || prefillTokens > 0 ? Math.min(room, prefillTokens) : room;
        int first = plan.decodeEntries();
        int ordinary = plan.entries().size() - plan.gapTokens();
        boolean oneWhole =
                ordinary == first + 1 && plan.entries().get(first).request().whole();
        Check.that(prefill <= budget || (oneWhole && budget > 0), "prompt tokens", prefill, budget);
        for (int i = first + 1; i < ordinary; i++) {
            Check.that(
                    isBefore(
                            plan.entries().get(i - 1).sequence().request(),
                            plan.entries().get(i).request(),
                            now),
                    "order",
                    plan.entries().get(i).request());
        }
        SimulatedRequest best = null;
        for (SimulatedRequest request : live) {
            boolean waits = request.admitted && !request.prompted && request.request.group() == plan.group();
            if (waits && (best == null || isBefore(request.request, best.request, now))) {
                best = request;
            }
            if (!waits || planned.contains(request.request.promptSequence())) {
                continue;
            }
            boolean fits = request.request.whole()
                    ? request.request.promptTokens() <= budget - prefill
                    : prefill < budget
                            && !lacksOutputs(request)
                            && !isTooSmallAPart(request, prefill, budget - prefill);
            boolean behind = fits
                    && live.stream().anyMatch(other -> stops(other, request, plan, now, prefill, budget - prefill));
            Check.that(!fits || behind, "prompt fits, but is left out", request.request);
            if (ordinary > first && !request.request.whole() && !lacksOutputs(request)) {
                ScheduledRequest<SimulatedRequest> last =
                        plan.entries().get(ordinary - 1).sequence().request();
                Check.that(isBefore(last, request.request, now), "prompt goes before a better one", last);
            }
        }
        if (best != null
                && best.request.whole()
                && prefillTokens > 0
                && !planned.contains(best.request.promptSequence())) {
            best.passedOver++;
            Check.that(best.passedOver <= config.groupSteps(), "whole prompt passed over", best.request);
        }
    }

    /** Whether what is left of the step is not worth a micro-batch for part of a further prompt. */
    private boolean isTooSmallAPart(SimulatedRequest request, int prefill, int left) {
        return prefill > 0
                && left < Math.min(request.request.promptTokens() - request.prefilled, config.smallestChunk());
    }

    /** Whether the step reads no more prompts because of one, before it comes to another one. */
    private boolean stops(
            SimulatedRequest stopping,
            SimulatedRequest behind,
            Plan<SimulatedRequest> plan,
            long now,
            int prefill,
            int left) {
        return stopping.admitted
                && !stopping.prompted
                && !stopping.request.whole()
                && stopping.request.group() == plan.group()
                && !planned.contains(stopping.request.promptSequence())
                && isTooSmallAPart(stopping, prefill, left)
                && isBefore(stopping.request, behind.request, now);
    }

    private boolean isBefore(
            ScheduledRequest<SimulatedRequest> request, ScheduledRequest<SimulatedRequest> other, long now) {
        long level = request.priority() + Math.max(0, now - request.arrival()) / config.agingNanos();
        long otherLevel = other.priority() + Math.max(0, now - other.arrival()) / config.agingNanos();
        int rest = request.promptTokens() - request.prefilled();
        int otherRest = other.promptTokens() - other.prefilled();
        if (level != otherLevel) {
            return level > otherLevel;
        }
        if (rest != otherRest) {
            return rest < otherRest;
        }
        return request.arrival() != other.arrival() ? request.arrival() < other.arrival() : request.id() < other.id();
    }
}
