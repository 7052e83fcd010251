package dev.tokapu.internal.schedule;

/** The part of a plan that is computed: one adapter group, its lanes first, then its prompts, then what bridges gaps and pads. */
final class BatchStep {

    private final Limits limits;
    private final Slots slots;
    private final GroupTurn groups;
    private final DecodeStep decode;
    private final PrefillStep prefill;
    private final GapStep gaps;
    private final PadStep pads;

    BatchStep(Limits limits, Slots slots, GroupTurn groups) {
        this.limits = limits;
        this.slots = slots;
        this.groups = groups;
        this.decode = new DecodeStep(limits.slots());
        this.prefill = new PrefillStep(limits);
        this.gaps = new GapStep(limits, slots);
        this.pads = new PadStep(limits);
    }

    void fill(long now, int prefillTokens, Plan plan) {
        Group group = groups.next(slots, limits.slots());
        if (group == null) {
            return;
        }
        plan.group(group.id);
        decode.collect(group, slots);
        prefill.collect(group, slots, limits.slots());
        int kept = prefill.keepFree(now, prefillTokens, decode.wanted());
        decode.fill(group, limits.batchTokens() - kept, plan);
        prefill.fill(now, prefillTokens, plan);
        gaps.fill(group, plan);
        pads.fill(plan);
    }
}
