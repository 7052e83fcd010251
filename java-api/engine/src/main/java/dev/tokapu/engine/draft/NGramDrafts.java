package dev.tokapu.engine.draft;

import dev.tokapu.engine.schedule.ScheduledSequence;

/**
 * Drafts that a text repeats itself.
 *
 * <p>Thread safety: as {@link AnswerDrafts}.
 */
public final class NGramDrafts implements AnswerDrafts {

    private static final int FIRST_ROOM = 4096; // tokens of an answer

    private final NGramIndex text;
    private final DraftLengthController length;
    private final int[] tokens;

    /** For an answer of so many tokens at most to a prompt. */
    public NGramDrafts(int nGramSize, int maxDraft, int[] prompt, int mostTokens) {
        this.text = new NGramIndex(nGramSize, prompt, prompt.length + Math.min(mostTokens, FIRST_ROOM));
        this.length = new DraftLengthController(maxDraft);
        this.tokens = new int[maxDraft];
    }

    @Override
    public void add(int token) {
        text.add(token);
    }

    @Override
    public void draft(ScheduledSequence<?> sequence) {
        sequence.drafts(text.continuation(tokens, length.next()));
    }

    @Override
    public int token(int index) {
        return tokens[index];
    }

    @Override
    public void verified(int drafted, int accepted) {
        length.verified(accepted);
    }

    @Override
    public void release() {
        // The text is all it has.
    }

    @Override
    public boolean byModel() {
        return false;
    }
}
