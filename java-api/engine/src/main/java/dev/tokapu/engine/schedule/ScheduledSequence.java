package dev.tokapu.engine.schedule;

import dev.tokapu.internal.util.Checks;

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

    /** Whether a step may decode its next token. */
    boolean isReady() {
        return request.phase == Phase.DECODING && !ended && unsampled == 0;
    }

    /** Tokens that it would like to decode in one step. */
    int wanted() {
        return 1 + Math.min(drafts, request.generatable - generated - 1);
    }
}
