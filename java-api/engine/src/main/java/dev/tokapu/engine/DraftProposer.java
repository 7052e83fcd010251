package dev.tokapu.engine;

import org.jspecify.annotations.Nullable;

/**
 * The drafts about one answer.
 *
 * <p>Thread safety: confined.
 */
final class DraftProposer {

    private static final int FIRST_ROOM = 4096; // tokens of an answer

    private final NGramIndex text;
    private final DraftLengthController length;
    private final int[] tokens;

    private DraftProposer(Speculation.NGram how, int[] prompt, int mostTokens) {
        this.text = new NGramIndex(how.size(), prompt, prompt.length + Math.min(mostTokens, FIRST_ROOM));
        this.length = new DraftLengthController(how.maxDraft());
        this.tokens = new int[how.maxDraft()];
    }

    /** For an answer to a prompt; null when nothing is to be drafted. */
    static @Nullable DraftProposer of(Speculation how, int[] prompt, int mostTokens) {
        return how instanceof Speculation.NGram ngram ? new DraftProposer(ngram, prompt, mostTokens) : null;
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
