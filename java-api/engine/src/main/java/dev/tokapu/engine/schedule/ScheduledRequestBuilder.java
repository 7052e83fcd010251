package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.internal.util.Checks;
import org.jspecify.annotations.Nullable;

/**
 * A builder for {@link ScheduledRequest}.
 *
 * <p>Thread safety: confined.
 */
public final class ScheduledRequestBuilder {

    static final int NONE = -1;

    final long id;
    Object tenant = "";
    int priority;
    long arrival;
    long deadline = Long.MAX_VALUE;
    int promptTokens = 1;
    int maxTokens = 1;
    int branches = 1;
    int group;
    int activatedFrom = Integer.MAX_VALUE;
    int activatedGroup;
    boolean promptOnly;
    boolean whole;
    int outputsFrom = NONE;
    int[] prompt = {};
    boolean pins;

    @Nullable
    PrefixScope prefix;

    ScheduledRequestBuilder(long id) {
        this.id = id;
    }

    /**
     * Sets whom it is computed for.
     *
     * @param value the tenant; equal ones are the same
     * @return this
     */
    public ScheduledRequestBuilder tenant(Object value) {
        tenant = value;
        return this;
    }

    /**
     * Sets the priority.
     *
     * @param value higher goes first
     * @return this
     */
    public ScheduledRequestBuilder priority(int value) {
        priority = value;
        return this;
    }

    /**
     * Sets when it arrived and when it ends whether complete or not.
     *
     * @param from nanoseconds of the clock that {@link Scheduler#plan} is given
     * @param to nanoseconds of the same clock; {@link Long#MAX_VALUE} for never
     * @return this
     */
    public ScheduledRequestBuilder time(long from, long to) {
        arrival = from;
        deadline = to;
        return this;
    }

    /**
     * Sets the length of the prompt.
     *
     * @param tokens at least 1
     * @return this
     */
    public ScheduledRequestBuilder promptTokens(int tokens) {
        promptTokens = tokens;
        return this;
    }

    /**
     * Has the prompt looked up in the prefix cache, and kept there with what is generated.
     *
     * @param scope who may share it
     * @param tokens the prompt; also sets its length
     * @return this
     */
    public ScheduledRequestBuilder prefix(PrefixScope scope, int[] tokens) {
        prefix = scope;
        prompt = tokens;
        promptTokens = tokens.length;
        return this;
    }

    /**
     * Says whether it stays in the prefix cache until it is unpinned.
     *
     * @param value true to pin it
     * @return this
     */
    public ScheduledRequestBuilder pins(boolean value) {
        pins = value;
        return this;
    }

    /**
     * Says that the prompt's tokens from here on have outputs, of which a step makes a limited number.
     *
     * @param position 0 to {@code promptTokens}; without it none has one but what is sampled from
     * @return this
     */
    public ScheduledRequestBuilder outputsFrom(int position) {
        outputsFrom = position;
        return this;
    }

    /**
     * Sets how much is generated.
     *
     * @param tokens that each branch generates at most, at least 1; without meaning for a prompt alone
     * @return this
     */
    public ScheduledRequestBuilder maxTokens(int tokens) {
        maxTokens = tokens;
        return this;
    }

    /**
     * Sets how many answers the prompt gets.
     *
     * @param answers at least 1
     * @return this
     */
    public ScheduledRequestBuilder branches(int answers) {
        branches = answers;
        return this;
    }

    /**
     * Sets the adapter set; one step computes one group only.
     *
     * @param value the group's id
     * @return this
     */
    public ScheduledRequestBuilder group(int value) {
        group = value;
        return this;
    }

    /**
     * Sets another adapter set for the end of the prompt and what is generated. What is computed with it is not shared.
     *
     * @param from the first token of the prompt with it
     * @param value the group's id
     * @return this
     */
    public ScheduledRequestBuilder activation(int from, int value) {
        activatedFrom = from;
        activatedGroup = value;
        return this;
    }

    /**
     * Says whether it ends after its prompt, as scores and embeddings do; it has one branch then.
     *
     * @param value true for a prompt alone
     * @return this
     */
    public ScheduledRequestBuilder promptOnly(boolean value) {
        promptOnly = value;
        return this;
    }

    /**
     * Says whether its prompt must be computed in one step.
     *
     * @param value true for prompts that attend to what follows
     * @return this
     */
    public ScheduledRequestBuilder whole(boolean value) {
        whole = value;
        return this;
    }

    /**
     * Makes the request.
     *
     * @param task what it is scheduled for
     * @param <T> the type of that
     * @return the request
     */
    public <T> ScheduledRequest<T> build(T task) {
        Checks.atLeast("promptTokens", promptTokens, 1);
        Checks.atLeast("branches", branches, 1);
        if (outputsFrom != NONE) {
            Checks.between("outputsFrom", outputsFrom, 0, promptTokens);
        }
        if (activatedFrom != Integer.MAX_VALUE) {
            Checks.between("activatedFrom", activatedFrom, 0, promptTokens - 1);
            if (whole) {
                throw new IllegalArgumentException("a whole prompt has one adapter set");
            }
        }
        if (promptOnly) {
            Checks.between("branches", branches, 1, 1);
        } else {
            Checks.atLeast("maxTokens", maxTokens, 1);
        }
        return new ScheduledRequest<>(this, task);
    }
}
