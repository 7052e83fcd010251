package dev.tokapu.engine.draft;

import dev.tokapu.engine.schedule.ScheduledSequence;

/**
 * The drafts of one answer.
 *
 * <p>Thread safety: confined to the engine's thread, but for what makes it.
 */
public interface AnswerDrafts {

    /** The answer goes on with a token. */
    void add(int token);

    /** Drafts what comes after the newest token, at once or before the next plan, and offers it to the scheduler. */
    void draft(ScheduledSequence<?> sequence);

    /** A token of the last draft. */
    int token(int index);

    /** Of the last draft so many tokens were computed, and so many of these were right. */
    void verified(int drafted, int accepted);

    /** The answer has ended, or its sequence was taken from it. */
    void release();

    /** Whether a model drafts. */
    boolean byModel();
}
