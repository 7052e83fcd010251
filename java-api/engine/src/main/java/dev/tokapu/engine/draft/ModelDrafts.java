package dev.tokapu.engine.draft;

import dev.tokapu.engine.schedule.ScheduledSequence;
import dev.tokapu.internal.util.IntList;
import org.jspecify.annotations.Nullable;

/**
 * Drafts of an answer by a model: what is known of its text, and what was drafted behind that.
 *
 * <p>Thread safety: as {@link AnswerDrafts}.
 */
public final class ModelDrafts implements AnswerDrafts {

    private static final double KEPT = 0.99; // of what is known of earlier drafts, with each one

    private final DraftRunner runner;
    private final float minProbability;
    private final boolean adaptive;
    private final IntList known = new IntList();
    private final int promptTokens;
    private final int mostTokens;
    private final int[] tokens;
    private final AcceptanceRate rate = new AcceptanceRate(KEPT);
    private @Nullable ScheduledSequence<?> sequence;
    private int count;
    private int wanted;
    private int room;
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
            DraftRunner runner, int maxDraft, double minProbability, boolean adaptive, int[] prompt, int mostTokens) {
        this.runner = runner;
        this.minProbability = (float) minProbability;
        this.adaptive = adaptive;
        this.promptTokens = prompt.length;
        this.mostTokens = mostTokens;
        this.tokens = new int[maxDraft];
        known.addAll(prompt);
    }

    @Override
    public void add(int token) {
        known.add(token);
    }

    @Override
    public void draft(ScheduledSequence<?> of) {
        sequence = of;
        runner.enter(this);
    }

    @Override
    public int token(int index) {
        return tokens[index];
    }

    @Override
    public void verified(int drafted, int accepted) {
        if (drafted > 0) {
            runner.verified(this, drafted, accepted);
        }
        if (accepted == count && count < wanted) {
            runner.unlikely(this);
        }
    }

    @Override
    public void release() {
        if (sequence != null) {
            sequence = null;
            runner.leave(this);
        }
    }

    @Override
    public boolean byModel() {
        return true;
    }

    /** Its sequence, which waits for drafts; null when it waits no more. */
    @Nullable
    ScheduledSequence<?> sequence() {
        return sequence;
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

    int maxDraft() {
        return tokens.length;
    }

    float minProbability() {
        return minProbability;
    }

    boolean adaptive() {
        return adaptive;
    }

    /** How often its drafts are right. */
    AcceptanceRate rate() {
        return rate;
    }

    /** Tokens of the answer. */
    int generated() {
        return known.size() - promptTokens;
    }

    /** Tokens that it may still have. */
    int left() {
        return mostTokens - generated();
    }

    /** How many tokens may be drafted for the next step. */
    int room() {
        return room;
    }

    void room(int most) {
        room = most;
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
