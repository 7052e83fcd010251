package dev.tokapu.engine.schedule;

/**
 * What a scheduler may hand out.
 *
 * @param slots sequences that the context holds, with the ids 0 to {@code slots - 1}; at least 1
 * @param slotTokens tokens that one sequence holds at most; at least 1
 * @param kvTokens tokens that all sequences hold together: {@code slots * slotTokens} with a split KV cache, the context size with
 *     a unified one; at least 1
 * @param shared whether branches share the cells of their prompt, as in a unified KV cache
 * @param batchTokens tokens of one step at most; at least 1
 * @param queue requests that wait at most; at least 1
 * @param agingNanos waiting this long counts as one priority more; at least 1
 * @param groupSteps steps that one adapter group keeps the context while another waits, and that decoding keeps a whole prompt
 *     waiting for room in the batch; at least 1
 * @param outputs outputs of one step that prompts have as a whole (see {@link ScheduledRequest#outputsFrom}) at most, but for prompts that go all at
 *     once; at least 1
 * @param gap slots beside each other that a step bridges at most to compute the slots on both sides together; at least 0, which is never
 * @param padding tokens that a step adds at most to answers, and removes afterwards, so that they share a micro-batch with a chunk of a prompt; at
 *     least 0, which is never
 */
public record SchedulerConfig(
        int slots,
        int slotTokens,
        int kvTokens,
        boolean shared,
        int batchTokens,
        int queue,
        long agingNanos,
        int groupSteps,
        int outputs,
        int gap,
        int padding) {

    private static final int CHUNK = 4; // gaps

    /** Checks the values. */
    public SchedulerConfig {
        atLeastOne("slots", slots);
        atLeastOne("slotTokens", slotTokens);
        atLeastOne("kvTokens", kvTokens);
        atLeastOne("batchTokens", batchTokens);
        atLeastOne("queue", queue);
        atLeastOne("agingNanos", agingNanos);
        atLeastOne("groupSteps", groupSteps);
        atLeastOne("outputs", outputs);
        notNegative("gap", gap);
        notNegative("padding", padding);
    }

    /**
     * Without a limit of outputs, without bridges and padding.
     *
     * @param slots sequences
     * @param slotTokens tokens of one
     * @param kvTokens tokens of all
     * @param shared whether branches share their prompt
     * @param batchTokens tokens of one step
     * @param queue requests that wait
     * @param agingNanos waiting that counts as one priority
     * @param groupSteps steps that one group keeps
     */
    public SchedulerConfig(
            int slots,
            int slotTokens,
            int kvTokens,
            boolean shared,
            int batchTokens,
            int queue,
            long agingNanos,
            int groupSteps) {
        this(slots, slotTokens, kvTokens, shared, batchTokens, queue, agingNanos, groupSteps, Integer.MAX_VALUE, 0, 0);
    }

    /**
     * Returns how many tokens of a further prompt a step reads at least, unless they complete it: with gaps to bridge, each prompt of a
     * step is a micro-batch of its own.
     *
     * @return tokens, at least 1
     */
    int smallestChunk() {
        return Math.max(1, CHUNK * gap);
    }

    private static void notNegative(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " is " + value + ", but must not be negative");
        }
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be at least 1");
        }
    }
}
