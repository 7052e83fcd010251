package dev.tokapu.engine.run;

/**
 * The drafts about one answer.
 *
 * <p>Thread safety: confined.
 */
public final class DraftProposer {

    private static final int FIRST_ROOM = 4096; // tokens of an answer

    private final NGramIndex text;
    private final DraftLengthController length;
    private final int[] tokens;

    /** For an answer of so many tokens at most to a prompt. */
    public DraftProposer(int nGramSize, int maxDraft, int[] prompt, int mostTokens) {
        this.text = new NGramIndex(nGramSize, prompt, prompt.length + Math.min(mostTokens, FIRST_ROOM));
        this.length = new DraftLengthController(maxDraft);
        this.tokens = new int[maxDraft];
    }

    /** The answer goes on with a token. */
    void add(int token) {
        text.add(token);
    }

    /** Drafts what comes after the newest token, and says how many tokens that is. */
    int draft() {
        return text.continuation(tokens, length.next());
    }

    /** A token of the last draft. */
    int token(int index) {
        return tokens[index];
    }

    /** So many of the tokens that were computed were right. */
    void verified(int accepted) {
        length.verified(accepted);
    }
}
