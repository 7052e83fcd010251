package dev.tokapu.internal.schedule;

import dev.tokapu.internal.schedule.SimulatedJob.SimulatedLane;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The gaps that every plan bridges, found once more in a simple way from what the simulation knows by itself. */
final class GapCheck {

    private static final int COMPUTED = 1;
    private static final int PROMPT = 2;
    private static final int OTHER = 3;

    private final Limits limits;
    private final SimulatedModel model;

    GapCheck(Limits limits, SimulatedModel model) {
        this.limits = limits;
        this.model = model;
    }

    void check(Plan plan, List<SimulatedJob> live) {
        List<Integer> prompts = new ArrayList<>();
        List<Integer> bridges = new ArrayList<>();
        if (plan.decodeEntries() > 0) {
            expect(kinds(plan, live), plan.tokens() - plan.gapTokens(), prompts, bridges);
        }
        Check.equal("gap tokens", plan.gapTokens(), prompts.size());
        Check.equal("bridges", plan.bridges(), bridges.size());
        for (int i = 0; i < prompts.size(); i++) {
            int entry = plan.entries() - prompts.size() + i;
            Check.equal("slot of a gap token", plan.lane(entry).slot(), prompts.get(i));
            Check.equal("gap tokens of a prompt", plan.count(entry), 1);
            Check.that(
                    plan.isPrefill(entry),
                    "gap token of an answer",
                    plan.lane(entry).job());
        }
        for (int i = 0; i < bridges.size(); i++) {
            Check.equal("bridged slot", plan.bridgedSlot(i), bridges.get(i));
            Check.equal("tokens in a bridged slot", model.length(plan.bridgedSlot(i)), 0);
        }
    }

    private int[] kinds(Plan plan, List<SimulatedJob> live) {
        int[] kinds = new int[limits.slots()];
        for (SimulatedJob job : live) {
            boolean isPrompt = true;
            for (SimulatedLane lane : job.lanes) {
                if (lane.ended || lane.slot < 0) {
                    continue;
                }
                boolean waits = !job.prompted && job.job.group() == plan.group() && !job.job.whole();
                if (job.prompted || isPrompt) {
                    kinds[lane.slot] = waits && isPrompt && job.prefilled < job.job.outputsFrom ? PROMPT : OTHER;
                }
                isPrompt = false;
            }
        }
        for (int i = 0; i < plan.entries() - plan.gapTokens(); i++) {
            kinds[plan.lane(i).slot()] = COMPUTED;
        }
        return kinds;
    }

    private void expect(int[] kinds, int tokens, List<Integer> prompts, List<Integer> bridges) {
        for (int to = 0, from = kinds.length; to < kinds.length; to++) {
            if (kinds[to] != COMPUTED) {
                continue;
            }
            int[] gap = from < to ? Arrays.copyOfRange(kinds, from, to) : new int[0];
            boolean possible = Arrays.stream(gap).noneMatch(kind -> kind == OTHER);
            int room = limits.batchTokens() - tokens - prompts.size() - bridges.size();
            for (int i = 0; possible && gap.length <= Math.min(limits.gap(), room) && i < gap.length; i++) {
                (gap[i] == PROMPT ? prompts : bridges).add(from + i);
            }
            from = to + 1;
        }
    }
}
