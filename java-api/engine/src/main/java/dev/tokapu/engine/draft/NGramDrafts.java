package dev.tokapu.engine.draft;

/**
 * Drafts that a text repeats itself. How often that is right is seen with each token of the answer, whether it was drafted or not.
 *
 * <p>Thread safety: as {@link AnswerDrafts}.
 */
public final class NGramDrafts extends AnswerDrafts {

    private static final int FIRST_ROOM = 4096; // tokens of an answer
    private static final double KEPT = 0.95; // of what is known of earlier tokens, with each one

    private final NGramIndex text;
    private final RepeatRates rates;
    private int run; // tokens that were right, to the newest one

    /**
     * For an answer.
     *
     * @param nGramSize tokens that must be the same
     * @param maxDraft tokens to draft at most
     * @param adaptive whether what pays is drafted, else always as much as may be
     * @param mostTokens that the answer may have
     */
    public NGramDrafts(
            DraftPlanner planner, int nGramSize, int maxDraft, boolean adaptive, int[] prompt, int mostTokens) {
        super(planner, maxDraft, adaptive);
        this.text = new NGramIndex(nGramSize, prompt, prompt.length + Math.min(mostTokens, FIRST_ROOM));
        this.rates = new RepeatRates(KEPT, planner.worth().repeats());
    }

    @Override
    public void add(int token) {
        int expected = text.next();
        if (expected >= 0) {
            rates.seen(run, token == expected);
        }
        run = token == expected ? run + 1 : 0;
        text.add(token);
    }

    /** Whether the last tokens were there before. */
    boolean hasMatch() {
        return text.next() >= 0;
    }

    /** Drafts so many tokens. */
    void fill(int count) {
        text.continuation(tokens, count);
    }

    @Override
    double right(int token) {
        return rates.rate(run + token - 1);
    }

    @Override
    double hoped(int token) {
        return right(token);
    }

    @Override
    void passed(double fading) {
        // What it would have brought is seen in any case.
    }

    @Override
    public boolean byModel() {
        return false;
    }
}
