package dev.tokapu.engine;

import org.jspecify.annotations.Nullable;

/**
 * The guesses about one answer.
 *
 * <p>Thread safety: confined.
 */
final class Drafts {

    private static final int FIRST_ROOM = 4096; // tokens of an answer

    private final NGramIndex text;
    private final DraftLength length;
    private final int[] tokens;

    private Drafts(Speculation.NGram how, int[] prompt, int mostTokens) {
        this.text = new NGramIndex(how.size(), prompt, prompt.length + Math.min(mostTokens, FIRST_ROOM));
        this.length = new DraftLength(how.maxDraft());
        this.tokens = new int[how.maxDraft()];
    }

    /** For an answer to a prompt; null when nothing is to be guessed. */
    static @Nullable Drafts of(Speculation how, int[] prompt, int mostTokens) {
        return how instanceof Speculation.NGram ngram ? new Drafts(ngram, prompt, mostTokens) : null;
    }

    /** The answer goes on with a token. */
    void add(int token) {
        text.add(token);
    }

    /** Guesses what comes after the newest token, and says how many tokens that is. */
    int guess() {
        return text.continuation(tokens, length.next());
    }

    /** A token of the last guess. */
    int token(int index) {
        return tokens[index];
    }

    /** So many of the tokens that were computed were right. */
    void verified(int accepted) {
        length.verified(accepted);
    }
}
