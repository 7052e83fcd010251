package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.PrefixScope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request: a prompt and the sequences that answer it.
 *
 * <p>Thread safety: confined to the thread of its {@link Scheduler}, which alone changes it; what it was built from never changes.
 *
 * @param <T> what it is scheduled for
 */
public final class ScheduledRequest<T> {

    private final long id;
    private final Object tenantKey;
    private final int priority;
    private final long arrival;
    private final long deadline;
    private final int promptTokens;
    private final int maxTokens;
    private final int groupId;
    private final int activatedGroup;

    /** The first token of the prompt that is computed with the other adapter set; what comes before may be shared. */
    final int activatedFrom;

    private final boolean promptOnly;
    private final boolean whole;
    private final T task;
    private final List<ScheduledSequence<T>> sequences = new ArrayList<>();

    /** Phase, counted in the scheduler's tables. */
    Phase phase = Phase.NEW;

    /** Prompt tokens that are in the KV cache. */
    int prefilled;

    /** Where the part of the prompt begins whose tokens all have an output; moves when what was generated is prefilled again. */
    int outputsFrom;

    final @Nullable PrefixScope prefix;

    /** What is prefilled: the tokens of the prompt, and after a preemption what was generated; none without the prefix cache. */
    int[] prompt;

    int prefillTokens;

    /** How often its prompt began: once, and again after a preemption. */
    int begins;

    /** Whether it is kept until it is unpinned. */
    final boolean pins;

    /** Prompt tokens that were in the KV cache when it got its slots. */
    int cached;

    /** Tokens that need not be prefilled, now: after a preemption others than before. */
    int found;

    /** What it has to do with the prefix cache before it is prefilled. */
    final PrefixLookup lookup = new PrefixLookup();

    /** The number of live sequences, and of sequences with a slot. */
    int liveSequences;

    int slots;

    /** Tokens that one sequence may generate in these limits; 0 for a prompt alone. */
    int generatable;

    /** KV tokens reserved for the request as a whole, and for each sequence. */
    int reservedTogether;

    int reservedPerSequence;

    /** Steps in which the whole prompt found no room. */
    int passedOver;

    boolean cancelAsked;

    /** Whether a cancel of this request or of one of its sequences waits for the next plan. */
    boolean cancelNoted;

    @Nullable
    Tenant tenant;

    @Nullable
    Group group;

    ScheduledRequest(ScheduledRequestBuilder builder, T task) {
        this.id = builder.id;
        this.tenantKey = builder.tenant;
        this.priority = builder.priority;
        this.arrival = builder.arrival;
        this.deadline = builder.deadline;
        this.promptTokens = builder.promptTokens;
        this.maxTokens = builder.maxTokens;
        this.groupId = builder.group;
        this.activatedGroup = builder.activatedGroup;
        this.activatedFrom = builder.activatedFrom;
        this.promptOnly = builder.promptOnly;
        this.whole = builder.whole;
        this.outputsFrom = builder.outputsFrom == ScheduledRequestBuilder.NONE ? promptTokens : builder.outputsFrom;
        this.prefix = builder.prefix;
        this.prompt = builder.prompt;
        this.prefillTokens = builder.promptTokens;
        this.pins = builder.pins;
        this.task = task;
        for (int branch = 0; branch < builder.branches; branch++) {
            sequences.add(new ScheduledSequence<>(this, branch));
        }
        this.liveSequences = builder.branches;
    }

    /**
     * Begins a request that no scheduler knows yet: a prompt of one token that generates one, without a deadline.
     *
     * @param id names it in {@link Scheduler#cancel(long)}; unique among the requests that have not ended
     * @return the builder
     */
    public static ScheduledRequestBuilder builder(long id) {
        return new ScheduledRequestBuilder(id);
    }

    /** How many of the next prompt tokens have no more than so many outputs. */
    int tokensWithin(int outputs) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, outputsFrom - prefilled) + (long) outputs);
    }

    /** How many of the next prompt tokens have an output. */
    int outputsOf(int tokens) {
        return Math.max(0, prefilled + tokens - Math.max(prefilled, outputsFrom));
    }

    /** {@return the name of the request} */
    public long id() {
        return id;
    }

    /** {@return whom the request is computed for} */
    public Object tenant() {
        return tenantKey;
    }

    /** {@return the priority, without what waiting added} */
    public int priority() {
        return priority;
    }

    /** {@return when the request arrived} */
    public long arrival() {
        return arrival;
    }

    /** {@return when the request ends at the latest} */
    public long deadline() {
        return deadline;
    }

    /** {@return the length of the prompt} */
    public int promptTokens() {
        return promptTokens;
    }

    /** {@return how much each branch generates at most, as it was asked for; a slot may hold less} */
    public int maxTokens() {
        return maxTokens;
    }

    /** {@return how many answers the prompt gets} */
    public int branches() {
        return sequences.size();
    }

    /** {@return the adapter set that its prompt begins with} */
    public int group() {
        return groupId;
    }

    /** {@return the adapter set that its prompt ends with, as a rule the same} */
    public int lastGroup() {
        return activatedFrom == Integer.MAX_VALUE ? groupId : activatedGroup;
    }

    /** The adapter set of the next token. */
    int groupNow() {
        return prefilled < activatedFrom ? groupId : activatedGroup;
    }

    /** How many of the next prompt tokens have one adapter set. */
    int tokensOfGroup() {
        return prefilled < activatedFrom ? activatedFrom - prefilled : Integer.MAX_VALUE;
    }

    /** {@return whether the request ends after its prompt} */
    public boolean promptOnly() {
        return promptOnly;
    }

    /** {@return whether the prompt must be computed in one step} */
    public boolean whole() {
        return whole;
    }

    /** {@return what the request is scheduled for} */
    public T task() {
        return task;
    }

    /**
     * Returns one answer.
     *
     * @param branch from 0 to {@code branches() - 1}
     * @return its sequence
     * @throws IndexOutOfBoundsException for another number
     */
    public ScheduledSequence<T> sequence(int branch) {
        return sequences.get(branch);
    }

    /** {@return how much of the prompt was decoded or reused} */
    public int prefilled() {
        return prefilled;
    }

    /** {@return what is prefilled in tokens: the prompt, and after a preemption what was generated before it} */
    public int prefillTokens() {
        return prefillTokens;
    }

    /** {@return how many of these tokens had to be computed when prefilling began} */
    public int tokensToCompute() {
        return prefillTokens - found;
    }

    /** {@return the tokens that are prefilled, not to be changed; only known with the prefix cache} */
    public int[] prefillTokenIds() {
        return prompt;
    }

    /** {@return who may share its prompt; null when it is not looked up and not kept} */
    public @Nullable PrefixScope prefix() {
        return prefix;
    }

    /** {@return how often its prompt began: once, and again after a preemption} */
    public int begins() {
        return begins;
    }

    /** Whether its sequence may be taken from it. */
    boolean isPreemptible() {
        return prefix != null && !promptOnly && sequences.size() == 1 && !whole;
    }

    /** {@return how much of the prompt was in the KV cache when the request got its slots, in tokens} */
    public int cachedTokens() {
        return cached;
    }

    /** {@return whether the request waits for slots} */
    public boolean isQueued() {
        return phase == Phase.QUEUED;
    }

    /** {@return whether the request has slots and its prompt is not decoded to the end} */
    public boolean isPrefilling() {
        return phase == Phase.PREFILLING;
    }

    /** Whether the request has slots and its prompt is on its way there: restored or prefilled. */
    boolean awaitsPrompt() {
        return phase == Phase.RESTORING || phase == Phase.PREFILLING;
    }

    /** {@return whether the sequences generate} */
    public boolean isDecoding() {
        return phase == Phase.DECODING;
    }

    /** {@return whether nothing more is computed for the request} */
    public boolean isEnded() {
        return phase == Phase.ENDED;
    }

    /** The sequence whose slot the prompt is decoded into: the first one that is not ended. */
    ScheduledSequence<T> promptSequence() {
        for (int branch = 0; branch < sequences.size(); branch++) {
            if (!sequences.get(branch).isEnded()) {
                return sequences.get(branch);
            }
        }
        throw new IllegalStateException("Request " + id + " has ended");
    }
}
