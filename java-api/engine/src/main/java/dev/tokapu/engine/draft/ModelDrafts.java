package dev.tokapu.engine.draft;

import dev.tokapu.internal.util.IntList;

/**
 * Drafts of an answer by a model: what is known of its text, and what was drafted behind that.
 *
 * <p>Thread safety: as {@link AnswerDrafts}.
 */
public final class ModelDrafts extends AnswerDrafts {

    private static final double KEPT = 0.99; // of what is known of earlier drafts, with each one

    private final float minProbability;
    private final IntList known = new IntList();
    private final int promptTokens;
    private final int mostTokens;
    private final AcceptanceRate rate;
    private int count;
    private int wanted;
    private boolean tried;
    private int slot = -1;
    private int held = -1;

    /**
     * For an answer.
     *
     * @param maxDraft tokens to draft at most
     * @param minProbability that a drafted token has at least, by the draft model
     * @param adaptive whether what pays is drafted, else always as much as may be
     * @param mostTokens that the answer may have
     */
    public ModelDrafts(
            DraftPlanner planner, int maxDraft, double minProbability, boolean adaptive, int[] prompt, int mostTokens) {
        super(planner, maxDraft, adaptive);
        this.minProbability = (float) minProbability;
        this.promptTokens = prompt.length;
        this.mostTokens = mostTokens;
        this.rate = new AcceptanceRate(KEPT, planner.worth().byModel());
        known.addAll(prompt);
    }

    @Override
    public void add(int token) {
        known.add(token);
    }

    /** A token that was computed behind right ones, and not offered, is a wrong one for what drafting costs. */
    @Override
    public void verified(int drafted, int accepted) {
        super.verified(drafted, accepted);
        if (drafted > 0) {
            rate.verified(drafted, accepted);
        }
        if (accepted == count && count < wanted) {
            rate.verified(1, 0);
        }
    }

    @Override
    public void release() {
        if (sequence() != null) {
            super.release();
            planner.leave(this);
        }
    }

    @Override
    double right(int token) {
        return rate.rate();
    }

    @Override
    double hoped(int token) {
        return rate.hoped();
    }

    @Override
    void passed(double fading) {
        rate.fade(fading);
    }

    @Override
    public boolean byModel() {
        return true;
    }

    /** The prompt and the answer so far. */
    IntList known() {
        return known;
    }

    /** Whether all of the tokens behind those that are held are in a vocabulary; a model may have some more than its draft model. */
    boolean isWithin(int vocab, int tokensBehind) {
        for (int i = held; i < held + tokensBehind; i++) {
            if (known.get(i) >= vocab) {
                return false;
            }
        }
        return true;
    }

    float minProbability() {
        return minProbability;
    }

    /** Tokens of the answer. */
    int generated() {
        return known.size() - promptTokens;
    }

    /** Tokens that it may still have. */
    int left() {
        return mostTokens - generated();
    }

    /** So many tokens are to be drafted. */
    void begin(int length) {
        wanted = length;
        count = 0;
    }

    /** A token was drafted; whether a further one is wanted. */
    boolean drafted(int token) {
        tokens[count++] = token;
        return count < wanted;
    }

    /** How many tokens were drafted. */
    int count() {
        return count;
    }

    /** Whether its text is read to try what drafts bring. */
    boolean tried() {
        return tried;
    }

    void tried(boolean is) {
        tried = is;
    }

    /** Its sequence of the draft model's context; -1 for none. */
    int slot() {
        return slot;
    }

    /** How many of its tokens are known to be in that sequence, or could be found in one; -1 for nobody knows. */
    int held() {
        return held;
    }

    void place(int newSlot, int tokensHeld) {
        slot = newSlot;
        held = tokensHeld;
    }
}
