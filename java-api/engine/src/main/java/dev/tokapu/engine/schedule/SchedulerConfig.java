package dev.tokapu.engine.schedule;

import dev.tokapu.internal.util.Checks;

/**
 * What a scheduler may hand out.
 *
 * <p>Thread safety: immutable.
 */
public final class SchedulerConfig {

    private static final int CHUNK = 4; // gaps

    private final int slots;
    private final int slotTokens;
    private final int kvTokens;
    private final boolean shared;
    private final int batchTokens;
    private final int queue;
    private final long agingNanos;
    private final int groupSteps;
    private final int outputs;
    private final int gap;
    private final int padding;
    private final int sequences;
    private final int smallestMatch;
    private final boolean trims;
    private final long hostBytes;
    private final boolean savesAhead;

    SchedulerConfig(SchedulerConfigBuilder builder) {
        slots = builder.slots;
        slotTokens = builder.slotTokens;
        kvTokens = builder.kvTokens;
        shared = builder.shared;
        batchTokens = builder.batchTokens;
        queue = builder.queue;
        agingNanos = builder.agingNanos;
        groupSteps = builder.groupSteps;
        outputs = builder.outputs;
        gap = builder.gap;
        padding = builder.padding;
        sequences = Math.max(builder.slots, builder.sequences);
        smallestMatch = builder.smallestMatch;
        trims = builder.trims;
        hostBytes = builder.hostBytes;
        savesAhead = builder.savesAhead && hostBytes > 0;
        Checks.atLeast("slots", slots, 1);
        Checks.atLeast("slotTokens", slotTokens, 1);
        Checks.atLeast("kvTokens", kvTokens, 1);
        Checks.atLeast("batchTokens", batchTokens, 1);
        Checks.atLeast("queue", queue, 1);
        Checks.atLeast("agingNanos", agingNanos, 1);
        Checks.atLeast("groupSteps", groupSteps, 1);
        Checks.atLeast("outputs", outputs, 1);
        Checks.atLeast("gap", gap, 0);
        Checks.atLeast("padding", padding, 0);
        Checks.atLeast("smallestMatch", smallestMatch, 0);
        Checks.atLeast("hostBytes", hostBytes, 0);
    }

    /**
     * Begins with one queue place, priorities that do not age, a step for each adapter group, any number of outputs, no bridges, no
     * padding and no prefix cache.
     *
     * @param slots sequences that requests have at the same time; at least 1
     * @param slotTokens tokens that one sequence holds at most; at least 1
     * @param batchTokens tokens of one step at most; at least 1
     * @return the builder
     */
    public static SchedulerConfigBuilder builder(int slots, int slotTokens, int batchTokens) {
        return new SchedulerConfigBuilder(slots, slotTokens, batchTokens);
    }

    /** {@return sequences that requests have at the same time} */
    public int slots() {
        return slots;
    }

    /** {@return tokens that one sequence holds at most} */
    public int slotTokens() {
        return slotTokens;
    }

    /** {@return tokens that an answer has at most after a prompt of that many, if it asks for {@code maxTokens}} */
    public int longestAnswer(int maxTokens, int promptTokens) {
        return Math.min(maxTokens, slotTokens - promptTokens);
    }

    /** {@return tokens that all sequences hold together} */
    public int kvTokens() {
        return kvTokens;
    }

    /** {@return whether branches share the cells of their prompt, as in a unified KV cache} */
    public boolean shared() {
        return shared;
    }

    /** {@return tokens of one step at most} */
    public int batchTokens() {
        return batchTokens;
    }

    /** {@return requests that wait at most} */
    public int queue() {
        return queue;
    }

    /** {@return waiting this long counts as one priority more} */
    public long agingNanos() {
        return agingNanos;
    }

    /** {@return steps that one adapter group keeps the context while another waits} */
    public int groupSteps() {
        return groupSteps;
    }

    /** {@return outputs of one step that prompts have as a whole} */
    public int outputs() {
        return outputs;
    }

    /** {@return slots beside each other that a step bridges at most} */
    public int gap() {
        return gap;
    }

    /** {@return tokens that a step adds at most to answers} */
    public int padding() {
        return padding;
    }

    /** {@return sequences that the context holds, with the ids from 0 on} */
    public int sequences() {
        return sequences;
    }

    /** {@return whether there is a prefix cache} */
    public boolean caches() {
        return smallestMatch > 0;
    }

    /** {@return tokens that are worth a copy; 0 without a prefix cache} */
    public int smallestMatch() {
        return smallestMatch;
    }

    /** {@return whether answers are admitted by what they are expected to take of the KV cache, and preempted when it is full} */
    public boolean preempts() {
        return shared && caches();
    }

    /** {@return host memory for what is evicted, in bytes; 0 for none} */
    public long hostBytes() {
        return hostBytes;
    }

    /** {@return whether what is kept is saved before it is evicted, while there is nothing else to do} */
    public boolean savesAhead() {
        return savesAhead;
    }

    /** {@return whether the end of a sequence can be removed} */
    public boolean trims() {
        return trims;
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
}
