package dev.tokapu.engine.schedule;

/** The part of a plan that is computed: one adapter group, its sequences first, then its prompts, then what bridges gaps and pads. */
final class BatchPlanner {

    private final SchedulerConfig config;
    private final SlotTable slots;
    private final AdapterRotation groups;
    private final DecodePlanner decode;
    private final PrefillPlanner prefill;
    private final SlotGapFiller gaps;
    private final BatchPadder pads;

    BatchPlanner(SchedulerConfig config, SlotTable slots, AdapterRotation groups) {
        this.config = config;
        this.slots = slots;
        this.groups = groups;
        this.decode = new DecodePlanner(config.sequences());
        this.prefill = new PrefillPlanner(config);
        this.gaps = new SlotGapFiller(config, slots);
        this.pads = new BatchPadder(config);
    }

    /** Fills a plan with no more tokens than the KV cache has room for. */
    void fill(long now, int prefillTokens, int room, Plan<?> plan) {
        Group group = groups.next(slots, config.sequences());
        if (group == null) {
            return;
        }
        plan.group(group.id);
        decode.collect(group, slots);
        prefill.collect(group, slots, config.sequences());
        int kept = prefill.keepFree(now, prefillTokens, decode.wanted());
        decode.fill(group, Math.max(0, room - kept), plan);
        prefill.fill(now, prefillTokens, room, plan);
        gaps.fill(group, plan);
        pads.fill(plan);
    }
}
