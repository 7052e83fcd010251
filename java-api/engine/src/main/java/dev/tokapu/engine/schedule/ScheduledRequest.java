package dev.tokapu.engine.schedule;

import org.jspecify.annotations.Nullable;

/**
 * One request: a prompt and the sequences that answer it.
 *
 * <p>Thread safety: confined to the thread of its {@link Scheduler}, which alone changes it; what the constructor got never changes.
 */
public final class ScheduledRequest {

    private final long id;
    private final Object tenantKey;
    private final int priority;
    private final long arrival;
    private final long deadline;
    private final int promptTokens;
    private final int maxTokens;
    private final int groupId;
    private final boolean promptOnly;
    private final boolean whole;
    private final @Nullable Object tag;
    private final ScheduledSequence[] sequences;

    /** Phase, counted in the scheduler's tables. */
    Phase phase = Phase.NEW;

    /** Prompt tokens that are in the KV cache. */
    int prefilled;

    /** Where the part of the prompt begins whose tokens all have an output. */
    int outputsFrom;

    /** Sequences that have not ended. */
    int liveSequences;

    /** Sequences that have a slot. */
    int slots;

    /** Tokens that one sequence may generate in these limits; 0 for a prompt alone. */
    int generatable;

    /** KV tokens reserved for the request as a whole, and for each sequence. */
    int reservedTogether;

    int reservedPerSequence;

    /** Where it stands in the queue, while it is queued. */
    int place;

    /** Steps in which the whole prompt found no room. */
    int passedOver;

    boolean cancelAsked;

    /** Whether a cancel of this request or of one of its sequences waits for the next plan. */
    boolean cancelNoted;

    @Nullable
    Tenant tenant;

    @Nullable
    Group group;

    /**
     * A request that no scheduler knows yet.
     *
     * @param id names it in {@link Scheduler#cancel(long)}; unique among the requests that have not ended
     * @param tenant whom it is computed for; equal ones are the same
     * @param priority higher goes first
     * @param arrival when it arrived, in nanoseconds of the clock that {@link Scheduler#plan} is given
     * @param deadline when it ends whether complete or not, in nanoseconds of the same clock; {@link Long#MAX_VALUE} for never
     * @param promptTokens tokens of its prompt, at least 1
     * @param maxTokens tokens that each branch generates at most, at least 1; without meaning for a prompt alone
     * @param branches answers to one prompt, at least 1
     * @param group adapter set; one step computes one group only
     * @param promptOnly whether it ends after its prompt, as scores and embeddings do; it has one branch then
     * @param whole whether its prompt must be computed in one step
     * @param tag whatever the caller wants to find again
     */
    public ScheduledRequest(
            long id,
            Object tenant,
            int priority,
            long arrival,
            long deadline,
            int promptTokens,
            int maxTokens,
            int branches,
            int group,
            boolean promptOnly,
            boolean whole,
            @Nullable Object tag) {
        require(promptTokens >= 1, "promptTokens", promptTokens, "must be at least 1");
        require(promptOnly || maxTokens >= 1, "maxTokens", maxTokens, "must be at least 1");
        require(branches >= 1, "branches", branches, "must be at least 1");
        require(!promptOnly || branches == 1, "branches", branches, "must be 1 for a prompt alone");
        this.id = id;
        this.tenantKey = tenant;
        this.priority = priority;
        this.arrival = arrival;
        this.deadline = deadline;
        this.promptTokens = promptTokens;
        this.maxTokens = maxTokens;
        this.groupId = group;
        this.promptOnly = promptOnly;
        this.whole = whole;
        this.tag = tag;
        this.sequences = new ScheduledSequence[branches];
        for (int branch = 0; branch < branches; branch++) {
            sequences[branch] = new ScheduledSequence(this, branch);
        }
        this.liveSequences = branches;
        this.outputsFrom = promptTokens;
    }

    /**
     * Says that the prompt's tokens from here on have outputs, of which a step makes a limited number. Before the request is offered.
     *
     * @param position 0 to {@code promptTokens()}, where none has one but what is sampled from
     * @return this
     */
    public ScheduledRequest outputsFrom(int position) {
        require(position >= 0 && position <= promptTokens, "outputsFrom", position, "must be a position of the prompt");
        outputsFrom = position;
        return this;
    }

    /** How many of the next prompt tokens have no more than so many outputs. */
    int tokensWithin(int outputs) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, outputsFrom - prefilled) + (long) outputs);
    }

    /** How many of the next prompt tokens have an output. */
    int outputsOf(int tokens) {
        return Math.max(0, prefilled + tokens - Math.max(prefilled, outputsFrom));
    }

    private static void require(boolean fine, String name, int value, String rule) {
        if (!fine) {
            throw new IllegalArgumentException(name + " is " + value + ", but " + rule);
        }
    }

    /**
     * Returns the name of the request.
     *
     * @return its id
     */
    public long id() {
        return id;
    }

    /**
     * Returns whom the request is computed for.
     *
     * @return the tenant
     */
    public Object tenant() {
        return tenantKey;
    }

    /**
     * Returns the priority, without what waiting added.
     *
     * @return higher goes first
     */
    public int priority() {
        return priority;
    }

    /**
     * Returns when the request arrived.
     *
     * @return nanoseconds
     */
    public long arrival() {
        return arrival;
    }

    /**
     * Returns when the request ends at the latest.
     *
     * @return nanoseconds; {@link Long#MAX_VALUE} for never
     */
    public long deadline() {
        return deadline;
    }

    /**
     * Returns the length of the prompt.
     *
     * @return tokens
     */
    public int promptTokens() {
        return promptTokens;
    }

    /**
     * Returns how much each branch generates at most, as it was asked for; a slot may hold less.
     *
     * @return tokens
     */
    public int maxTokens() {
        return maxTokens;
    }

    /**
     * Returns how many answers the prompt gets.
     *
     * @return the number of sequences
     */
    public int branches() {
        return sequences.length;
    }

    /**
     * Returns the adapter set.
     *
     * @return the group's id
     */
    public int group() {
        return groupId;
    }

    /**
     * Returns whether the request ends after its prompt.
     *
     * @return true for scores and embeddings
     */
    public boolean promptOnly() {
        return promptOnly;
    }

    /**
     * Returns whether the prompt must be computed in one step.
     *
     * @return true for prompts that attend to what follows
     */
    public boolean whole() {
        return whole;
    }

    /**
     * Returns what the caller attached.
     *
     * @return the tag
     */
    public @Nullable Object tag() {
        return tag;
    }

    /**
     * Returns one answer.
     *
     * @param branch from 0 to {@code branches() - 1}
     * @return its sequence
     * @throws IndexOutOfBoundsException for another number
     */
    public ScheduledSequence sequence(int branch) {
        return sequences[branch];
    }

    /**
     * Returns how much of the prompt was decoded or reused.
     *
     * @return tokens
     */
    public int prefilled() {
        return prefilled;
    }

    /**
     * Returns whether the request waits for slots.
     *
     * @return true in the queue
     */
    public boolean isQueued() {
        return phase == Phase.QUEUED;
    }

    /**
     * Returns whether the request has slots and its prompt is not decoded to the end.
     *
     * @return true while prefilling
     */
    public boolean isPrefilling() {
        return phase == Phase.PREFILLING;
    }

    /**
     * Returns whether the sequences generate.
     *
     * @return true from the end of the prompt on; never for a prompt alone
     */
    public boolean isDecoding() {
        return phase == Phase.DECODING;
    }

    /**
     * Returns whether nothing more is computed for the request.
     *
     * @return true once all its sequences ended
     */
    public boolean isEnded() {
        return phase == Phase.ENDED;
    }

    /** The sequence whose slot the prompt is decoded into: the first one that is not ended. */
    ScheduledSequence promptSequence() {
        for (ScheduledSequence sequence : sequences) {
            if (!sequence.isEnded()) {
                return sequence;
            }
        }
        throw new IllegalStateException("Job " + id + " has ended");
    }
}
