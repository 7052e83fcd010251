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

    private SchedulerConfig(Builder builder) {
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
    public static Builder builder(int slots, int slotTokens, int batchTokens) {
        return new Builder(slots, slotTokens, batchTokens);
    }

    /** {@return sequences that requests have at the same time} */
    public int slots() {
        return slots;
    }

    /** {@return tokens that one sequence holds at most} */
    public int slotTokens() {
        return slotTokens;
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

    /**
     * A builder for {@link SchedulerConfig}.
     *
     * <p>Thread safety: confined.
     */
    public static final class Builder {

        private final int slots;
        private final int slotTokens;
        private final int batchTokens;
        private int kvTokens;
        private boolean shared;
        private int queue = 1;
        private long agingNanos = Long.MAX_VALUE;
        private int groupSteps = 1;
        private int outputs = Integer.MAX_VALUE;
        private int gap;
        private int padding;
        private int sequences;
        private int smallestMatch;
        private boolean trims = true;

        private Builder(int slots, int slotTokens, int batchTokens) {
            this.slots = slots;
            this.slotTokens = slotTokens;
            this.batchTokens = batchTokens;
            this.kvTokens = Math.multiplyExact(slots, slotTokens);
        }

        /**
         * Sets what all sequences hold together; {@code slots * slotTokens} unless it is set.
         *
         * @param tokens the context size with a unified KV cache; at least 1
         * @return this
         */
        public Builder kvTokens(int tokens) {
            kvTokens = tokens;
            return this;
        }

        /**
         * Sets what branches share.
         *
         * @param value whether they share the cells of their prompt, as in a unified KV cache
         * @return this
         */
        public Builder shared(boolean value) {
            shared = value;
            return this;
        }

        /**
         * Sets the bound of the queue.
         *
         * @param requests that wait at most; at least 1
         * @return this
         */
        public Builder queue(int requests) {
            queue = requests;
            return this;
        }

        /**
         * Sets how priorities age.
         *
         * @param nanos waiting this long counts as one priority more; at least 1
         * @return this
         */
        public Builder agingNanos(long nanos) {
            agingNanos = nanos;
            return this;
        }

        /**
         * Sets how long an adapter group's turn is.
         *
         * @param steps that one group keeps the context while another waits, and that decoding keeps a whole prompt waiting for room in the
         *     batch; at least 1
         * @return this
         */
        public Builder groupSteps(int steps) {
            groupSteps = steps;
            return this;
        }

        /**
         * Sets how many outputs a step has.
         *
         * @param most outputs of one step that prompts have as a whole (see {@link ScheduledRequestBuilder#outputsFrom}), but for prompts that
         *     go all at once; at least 1
         * @return this
         */
        public Builder outputs(int most) {
            outputs = most;
            return this;
        }

        /**
         * Sets which gaps are bridged.
         *
         * @param most slots beside each other that a step bridges to compute the slots on both sides together; at least 0, which is never
         * @return this
         */
        public Builder gap(int most) {
            gap = most;
            return this;
        }

        /**
         * Sets what is padded.
         *
         * @param most tokens that a step adds to answers, and removes afterwards, so that they share a micro-batch with a chunk of a prompt;
         *     at least 0, which is never
         * @return this
         */
        public Builder padding(int most) {
            padding = most;
            return this;
        }

        /**
         * Sets that what was computed is kept for requests that begin with it.
         *
         * @param ids sequences that the context holds; as many as slots or more
         * @param least tokens that are worth a copy; at least 1
         * @param canTrim whether the end of a sequence can be removed
         * @return this
         */
        public Builder prefixCache(int ids, int least, boolean canTrim) {
            sequences = ids;
            smallestMatch = least;
            trims = canTrim;
            return this;
        }

        /** {@return the config} */
        public SchedulerConfig build() {
            return new SchedulerConfig(this);
        }
    }
}
