package dev.tokapu.engine;

import dev.tokapu.internal.util.Checks;

/**
 * How an {@link Engine} drafts the next tokens of an answer, to compute several of them in one step. What the model then chooses is taken,
 * token by token, as far as it is what was drafted: the answer is the one that there would be without drafts, only the number of steps is
 * smaller. A wrong draft costs the computing of it.
 *
 * <p>There is one way for now, {@link #ngram()}; others may join.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public sealed interface Speculation {

    /**
     * Tokens that are drafted at a time at most.
     *
     * @return 0 for none
     */
    int maxDraft();

    /**
     * Drafts nothing: a token for each step.
     *
     * @return no speculation
     */
    static Speculation none() {
        return None.NONE;
    }

    /**
     * Drafts that the text repeats itself, with n-grams of 3 tokens and drafts of 8 at most.
     *
     * @return the speculation
     */
    static Speculation ngram() {
        return NGram.DEFAULTS;
    }

    /**
     * Drafts that the text repeats itself.
     *
     * @param size tokens of an n-gram
     * @param maxDraft tokens to draft at most
     * @return the speculation
     */
    static Speculation ngram(int size, int maxDraft) {
        return new NGram(size, maxDraft);
    }

    /**
     * No drafts.
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
     * Drafts the tokens that followed when the last {@code size} tokens were there before, in the prompt or in the answer (prompt lookup
     * decoding). It needs no further model. Summaries, edits, extraction, code and JSON repeat what was read; free prose does not.
     *
     * <p>How many are drafted follows from how many were right before: twice as many, {@code maxDraft} at most; after wrong drafts none for a
     * while.
     *
     * @param size tokens that must be the same, 1 to 64; with few it drafts often, with many it is often right
     * @param maxDraft tokens to draft at most, 1 to 64
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
