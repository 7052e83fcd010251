package dev.tokapu.engine;

import dev.tokapu.internal.Checks;

/**
 * How an {@link Engine} guesses the next tokens of an answer, to compute several of them in one step. What the model then chooses is taken,
 * token by token, as far as it is what was guessed: the answer is the one that there would be without guesses, only the number of steps is
 * smaller. A wrong guess costs the computing of it.
 *
 * <p>There is one way for now, {@link #ngram()}; others may join.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public sealed interface Speculation {

    /**
     * Tokens that are guessed at a time at most.
     *
     * @return 0 for none
     */
    int maxDraft();

    /**
     * Guesses nothing: a token for each step.
     *
     * @return no speculation
     */
    static Speculation none() {
        return None.NONE;
    }

    /**
     * Guesses that the text repeats itself, with n-grams of 3 tokens and drafts of 8 at most.
     *
     * @return the speculation
     */
    static Speculation ngram() {
        return NGram.DEFAULTS;
    }

    /**
     * Guesses that the text repeats itself.
     *
     * @param size tokens of an n-gram
     * @param maxDraft tokens to guess at most
     * @return the speculation
     */
    static Speculation ngram(int size, int maxDraft) {
        return new NGram(size, maxDraft);
    }

    /**
     * No guesses.
     *
     * @since 0.1
     */
    record None() implements Speculation {

        private static final None NONE = new None();

        @Override
        public int maxDraft() {
            return 0;
        }
    }

    /**
     * Guesses the tokens that followed when the last {@code size} tokens were there before, in the prompt or in the answer (prompt lookup
     * decoding). It needs no further model. Summaries, edits, extraction, code and JSON repeat what was read; free prose does not.
     *
     * <p>How many are guessed follows from how many were right before: twice as many, {@code maxDraft} at most; after wrong guesses none for a
     * while.
     *
     * @param size tokens that must be the same, 1 to 64; with few it guesses often, with many it is often right
     * @param maxDraft tokens to guess at most, 1 to 64
     * @since 0.1
     */
    record NGram(int size, int maxDraft) implements Speculation {

        private static final int MOST = 64;
        private static final NGram DEFAULTS = new NGram(3, 8);

        /** Checks the values. */
        public NGram {
            Checks.between("size", size, 1, MOST);
            Checks.between("maxDraft", maxDraft, 1, MOST);
        }
    }
}
