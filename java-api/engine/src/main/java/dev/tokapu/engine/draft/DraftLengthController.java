package dev.tokapu.engine.draft;

/**
 * Says how many tokens to draft: twice as many as were right the last time. After drafts of which none was right nothing is drafted for one
 * token, then for two, four and so on, so that a text that does not repeat itself costs little.
 *
 * <p>Thread safety: confined.
 */
final class DraftLengthController {

    private static final int FIRST = 2;
    private static final int LONGEST_PAUSE = 32; // tokens

    private final int most;
    private int length;
    private int refusals;
    private int pause;

    DraftLengthController(int most) {
        this.most = most;
        this.length = Math.min(FIRST, most);
    }

    /** For the next step. */
    int next() {
        if (pause > 0) {
            pause--;
            return 0;
        }
        return length;
    }

    /** So many of the drafts of a step were right. */
    void verified(int accepted) {
        length = Math.min(most, Math.max(1, 2 * accepted));
        if (accepted > 0) {
            refusals = 0;
        } else {
            pause = Math.min(LONGEST_PAUSE, 1 << refusals);
            refusals = Math.min(refusals + 1, Integer.numberOfTrailingZeros(LONGEST_PAUSE));
        }
    }
}
