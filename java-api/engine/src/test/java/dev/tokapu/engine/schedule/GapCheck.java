package dev.tokapu.engine.schedule;

import dev.tokapu.engine.schedule.SimulatedRequest.SimulatedSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The gaps that every plan bridges, found once more in a simple way from what the simulation knows by itself. */
final class GapCheck {

    private static final int COMPUTED = 1;
    private static final int PROMPT = 2;
    private static final int OTHER = 3;

    private final SchedulerConfig config;
    private final SimulatedModel model;

    GapCheck(SchedulerConfig config, SimulatedModel model) {
        this.config = config;
        this.model = model;
    }

    void check(Plan<SimulatedRequest> plan, List<SimulatedRequest> live) {
        List<Integer> prompts = new ArrayList<>();
        List<Integer> bridges = new ArrayList<>();
        if (plan.decodeEntries() > 0) {
            expect(kinds(plan, live), plan.tokens() - plan.gapTokens(), prompts, bridges);
        }
        Check.equal("gap tokens", plan.gapTokens(), prompts.size());
        Check.equal("bridges", plan.bridgedSlots().size(), bridges.size());
        for (int i = 0; i < prompts.size(); i++) {
            int entry = plan.entries().size() - prompts.size() + i;
            Check.equal("slot of a gap token", plan.entries().get(entry).slot(), prompts.get(i));
            Check.equal("gap tokens of a prompt", plan.entries().get(entry).count(), 1);
            Check.that(
                    plan.entries().get(entry).isPrefill(),
                    "gap token of an answer",
                    plan.entries().get(entry).request());
        }
        for (int i = 0; i < bridges.size(); i++) {
            Check.equal("bridged slot", plan.bridgedSlots().get(i), bridges.get(i));
            Check.equal(
                    "tokens in a bridged slot", model.length(plan.bridgedSlots().get(i)), 0);
        }
    }

    private int[] kinds(Plan<SimulatedRequest> plan, List<SimulatedRequest> live) {
        int[] kinds = new int[config.slots()];
        for (SimulatedRequest request : live) {
            boolean isPrompt = true;
            for (SimulatedSequence sequence : request.sequences) {
                if (sequence.ended || sequence.slot < 0) {
                    continue;
                }
                boolean waits =
                        !request.prompted && request.request.group() == plan.group() && !request.request.whole();
                if (request.prompted || isPrompt) {
                    kinds[sequence.slot] =
                            waits && isPrompt && request.prefilled < request.request.outputsFrom ? PROMPT : OTHER;
                }
                isPrompt = false;
            }
        }
        for (int i = 0; i < plan.entries().size() - plan.gapTokens(); i++) {
            kinds[plan.entries().get(i).slot()] = COMPUTED;
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
            int room = config.batchTokens() - tokens - prompts.size() - bridges.size();
            for (int i = 0; possible && gap.length <= Math.min(config.gap(), room) && i < gap.length; i++) {
                (gap[i] == PROMPT ? prompts : bridges).add(from + i);
            }
            from = to + 1;
        }
    }
}
