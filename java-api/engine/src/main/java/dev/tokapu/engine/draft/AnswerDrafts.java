package dev.tokapu.engine.draft;

import dev.tokapu.engine.schedule.ScheduledSequence;
import org.jspecify.annotations.Nullable;

/**
 * The drafts of one answer.
 *
 * <p>Thread safety: confined to the engine's thread, but for what makes it.
 */
public abstract sealed class AnswerDrafts permits ModelDrafts, NGramDrafts {

    final DraftPlanner planner;
    final int[] tokens;
    private final boolean adaptive;
    private @Nullable ScheduledSequence<?> sequence;
    private int room;

    /**
     * For an answer.
     *
     * @param maxDraft tokens to draft at most
     * @param adaptive whether what pays is drafted, else always as much as may be
     */
    AnswerDrafts(DraftPlanner planner, int maxDraft, boolean adaptive) {
        this.planner = planner;
        this.tokens = new int[maxDraft];
        this.adaptive = adaptive;
    }

    /** The answer goes on with a token. */
    public abstract void add(int token);

    /** Whether a model drafts. */
    public abstract boolean byModel();

    /** The probability that a token is right, if those before it are: the first one is 1. */
    abstract double right(int token);

    /** What that probability may be, as far as is known. */
    abstract double hoped(int token);

    /** Nothing is drafted for this answer in a step. */
    abstract void passed(double fading);

    /** Drafts what comes after the newest token, before the next plan, and offers it to the scheduler. */
    public void draft(ScheduledSequence<?> of) {
        sequence = of;
        planner.enter(this);
    }

    /** A token of the last draft. */
    public int token(int index) {
        return tokens[index];
    }

    /** Of the last draft so many tokens were computed, and so many of these were right. */
    public void verified(int drafted, int accepted) {
        planner.worth().accepted(accepted);
    }

    /** The answer has ended, or its sequence was taken from it. */
    public void release() {
        sequence = null;
    }

    /** Its sequence, which waits for drafts; null when it waits no more. */
    @Nullable
    ScheduledSequence<?> sequence() {
        return sequence;
    }

    boolean adaptive() {
        return adaptive;
    }

    int maxDraft() {
        return tokens.length;
    }

    /** How many tokens may be drafted for the next step. */
    int room() {
        return room;
    }

    void room(int most) {
        room = most;
    }
}
