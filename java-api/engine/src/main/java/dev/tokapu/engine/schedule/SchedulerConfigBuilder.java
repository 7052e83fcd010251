package dev.tokapu.engine.schedule;

/**
 * A builder for {@link SchedulerConfig}.
 *
 * <p>Thread safety: confined.
 */
public final class SchedulerConfigBuilder {

    final int slots;
    final int slotTokens;
    final int batchTokens;
    int kvTokens;
    boolean shared;
    int queue = 1;
    long agingNanos = Long.MAX_VALUE;
    int groupSteps = 1;
    int outputs = Integer.MAX_VALUE;
    int gap;
    int padding;
    int sequences;
    int smallestMatch;
    boolean trims = true;
    long hostBytes;
    boolean savesAhead;

    SchedulerConfigBuilder(int slots, int slotTokens, int batchTokens) {
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
    public SchedulerConfigBuilder kvTokens(int tokens) {
        kvTokens = tokens;
        return this;
    }

    /**
     * Sets what branches share.
     *
     * @param value whether they share the cells of their prompt, as in a unified KV cache
     * @return this
     */
    public SchedulerConfigBuilder shared(boolean value) {
        shared = value;
        return this;
    }

    /**
     * Sets the bound of the queue.
     *
     * @param requests that wait at most; at least 1
     * @return this
     */
    public SchedulerConfigBuilder queue(int requests) {
        queue = requests;
        return this;
    }

    /**
     * Sets how priorities age.
     *
     * @param nanos waiting this long counts as one priority more; at least 1
     * @return this
     */
    public SchedulerConfigBuilder agingNanos(long nanos) {
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
    public SchedulerConfigBuilder groupSteps(int steps) {
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
    public SchedulerConfigBuilder outputs(int most) {
        outputs = most;
        return this;
    }

    /**
     * Sets which gaps are bridged.
     *
     * @param most slots beside each other that a step bridges to compute the slots on both sides together; at least 0, which is never
     * @return this
     */
    public SchedulerConfigBuilder gap(int most) {
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
    public SchedulerConfigBuilder padding(int most) {
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
    public SchedulerConfigBuilder prefixCache(int ids, int least, boolean canTrim) {
        sequences = ids;
        smallestMatch = least;
        trims = canTrim;
        return this;
    }

    /**
     * Sets what is saved of the prefix cache.
     *
     * @param bytes host memory for what is evicted; at least 0, which is none
     * @param ahead whether it is saved while there is nothing else to do, too
     * @return this
     */
    public SchedulerConfigBuilder host(long bytes, boolean ahead) {
        hostBytes = bytes;
        savesAhead = ahead;
        return this;
    }

    /** {@return the config} */
    public SchedulerConfig build() {
        return new SchedulerConfig(this);
    }
}
