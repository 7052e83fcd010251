package dev.tokapu.engine.schedule;

/**
 * The part of a batch that pads answers. With buffers of their own (a split KV cache), llama.cpp computes as many tokens of each sequence
 * together as all of them have: what a prompt has beyond one token makes a micro-batch of its own, which reads the weights again.
 *
 * <p>Beside a small chunk of one prompt, answers and fillers get as many tokens as the chunk has, and lose them after the step.
 */
final class BatchPadder {

    private final SchedulerConfig config;

    BatchPadder(SchedulerConfig config) {
        this.config = config;
    }

    void fill(Plan<?> plan) {
        int prompts = plan.entries().size() - plan.decodeEntries();
        if (config.padding() == 0 || plan.decodeEntries() == 0 || prompts != 1) {
            return;
        }
        int width = plan.entries().get(plan.decodeEntries()).count();
        if (fits(width, plan) && areTogether(plan)) {
            plan.pad(width);
        }
    }

    private boolean fits(int width, Plan<?> plan) {
        int padding = plan.bridgedSlots().size() * (width - 1);
        boolean fits = true;
        for (PlanEntry<?> entry : plan.entries()) {
            fits &= entry.isPrefill() || (entry.count() <= width && entry.from() + width <= config.slotTokens());
            padding += entry.isPrefill() ? 0 : width - entry.count();
        }
        return fits
                && padding > 0
                && padding <= config.padding()
                && plan.tokens() + plan.bridgedSlots().size() + padding <= config.batchTokens();
    }

    /** Whether the slots of the step follow one another. */
    private static boolean areTogether(Plan<?> plan) {
        int first = Integer.MAX_VALUE;
        int last = 0;
        for (PlanEntry<?> entry : plan.entries()) {
            first = Math.min(first, entry.slot());
            last = Math.max(last, entry.slot());
        }
        return last - first + 1 == plan.entries().size() + plan.bridgedSlots().size();
    }
}
