package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.internal.util.Checks;
import org.jspecify.annotations.Nullable;

/**
 * One answer of a request: a sequence of the context, once the request has slots.
 *
 * <p>Thread safety: confined to the thread of its {@link Scheduler}.
 *
 * @param <T> what its request is scheduled for
 */
public final class ScheduledSequence<T> {

    private final ScheduledRequest<T> request;
    private final int branch;

    int slot = -1;
    int length;
    int generated;
    int drafts;
    boolean ended;
    boolean cancelAsked;

    /** Whether plans leave it out. */
    boolean paused;

    /** Its place in the prefix cache while it has a slot; null without a cache. */
    @Nullable
    CachedSequence cached;

    /** Whether the KV cache may hold more than its length: drafts of the last step that were not right. */
    boolean excess;

    /** Whether it is not kept: a step failed that computed it, so that nobody knows what the KV cache holds, or its scope was evicted. */
    boolean tainted;

    /** Tokens of the last computed step whose samples are still to come; 0 when the sequence can go on. */
    int unsampled;

    ScheduledSequence(ScheduledRequest<T> request, int branch) {
        this.request = request;
        this.branch = branch;
    }

    /** {@return the request that this is an answer of} */
    public ScheduledRequest<T> request() {
        return request;
    }

    /** {@return which of the answers this is} */
    public int branch() {
        return branch;
    }

    /** {@return the sequence of the context; -1 without} */
    public int slot() {
        return slot;
    }

    /** {@return how much of the answer's sequence is in the KV cache} */
    public int length() {
        return length;
    }

    /** {@return how much was generated} */
    public int generated() {
        return generated;
    }

    /** {@return whether nothing more is computed for this sequence} */
    public boolean isEnded() {
        return ended;
    }

    /**
     * Offers tokens to verify beside the next one, in the next plan that computes this sequence; how many of them go is
     * {@link PlanEntry#count} less 1. Samples take the offer back.
     *
     * @param n tokens, 0 for none
     * @throws IllegalArgumentException when negative
     */
    public void drafts(int n) {
        Checks.atLeast("drafts", n, 0);
        drafts = n;
    }

    /**
     * Says which token was chosen, before {@link Scheduler#sampled}. Without it what was generated is not kept in the prefix cache.
     *
     * @param token the token
     */
    public void chosen(int token) {
        if (cached != null) {
            cached.tokens().add(token);
        }
    }

    /** Whether its end is over or planned, so that its caller may have seen it. */
    boolean isEnding() {
        return ended || cancelAsked || request.cancelAsked;
    }

    /** Tokens that are in the KV cache, known, and may be shared. */
    int settled() {
        int certain = unsampled > 0 ? length - unsampled + 1 : length;
        return Math.min(Math.min(certain, known()), request.activatedFrom);
    }

    /** How many of its tokens are known. */
    int known() {
        return cached == null || request.prefix == null
                ? Integer.MAX_VALUE
                : cached.tokens().size();
    }

    /** {@return whether a step may decode its next token} */
    public boolean isReady() {
        return request.phase == Phase.DECODING && !ended && !paused && unsampled == 0;
    }

    /** {@return how many drafts a step can use: behind them the answer has room for one token more} */
    public int mostDrafts() {
        return request.generatable - generated - 1;
    }

    /** Tokens that it would like to decode in one step. */
    int wanted() {
        return 1 + Math.min(drafts, mostDrafts());
    }
}
