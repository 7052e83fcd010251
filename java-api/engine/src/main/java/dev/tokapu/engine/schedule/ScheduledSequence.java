package dev.tokapu.engine.schedule;

/**
 * One answer of a request: a sequence of the context, once the request has slots.
 *
 * <p>Thread safety: confined to the thread of its {@link Scheduler}.
 */
public final class ScheduledSequence {

    private final ScheduledRequest request;
    private final int branch;

    int slot = -1;
    int length;
    int generated;
    int drafts;
    boolean ended;
    boolean cancelAsked;

    /** Tokens of the last computed step whose samples are still to come; 0 when the sequence can go on. */
    int unsampled;

    ScheduledSequence(ScheduledRequest request, int branch) {
        this.request = request;
        this.branch = branch;
    }

    /**
     * Returns the request that this is an answer of.
     *
     * @return the request
     */
    public ScheduledRequest request() {
        return request;
    }

    /**
     * Returns which of the answers this is.
     *
     * @return from 0 on
     */
    public int branch() {
        return branch;
    }

    /**
     * Returns the sequence of the context.
     *
     * @return its id; -1 without
     */
    public int slot() {
        return slot;
    }

    /**
     * Returns how much of the answer's sequence is in the KV cache.
     *
     * @return tokens
     */
    public int length() {
        return length;
    }

    /**
     * Returns how much was generated.
     *
     * @return tokens
     */
    public int generated() {
        return generated;
    }

    /**
     * Returns whether nothing more is computed for this sequence.
     *
     * @return true from its end on
     */
    public boolean isEnded() {
        return ended;
    }

    /**
     * Offers tokens to verify beside the next one, in the next plan that computes this sequence; how many of them go is
     * {@link Plan#count} less 1. Samples take the offer back.
     *
     * @param n tokens, 0 for none
     * @throws IllegalArgumentException when negative
     */
    public void drafts(int n) {
        if (n < 0) {
            throw new IllegalArgumentException("drafts is " + n + ", but must not be negative");
        }
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
