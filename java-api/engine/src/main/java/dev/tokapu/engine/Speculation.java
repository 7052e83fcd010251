package dev.tokapu.engine;

import dev.tokapu.internal.util.Checks;

/**
 * How an {@link Engine} drafts the next tokens of an answer, to compute several of them in one step. What the model then chooses is taken,
 * token by token, as far as it is what was drafted: the answer is the one that there would be without drafts, only the number of steps is
 * smaller. A wrong draft costs the computing of it.
 *
 * <p>{@link #ngram()} drafts that the text repeats itself; {@link #draft()} asks a second, small model, {@link #mtp()} the model's own MTP heads.
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
        return new NGram(size, maxDraft, true);
    }

    /**
     * Drafts with {@link EngineOptions#draftModel()}, 8 tokens at most.
     *
     * @return the speculation
     */
    static Speculation draft() {
        return DraftModel.DEFAULTS;
    }

    /**
     * Drafts with {@link EngineOptions#draftModel()}.
     *
     * @param maxDraft tokens to draft at most
     * @return the speculation
     */
    static Speculation draft(int maxDraft) {
        return new DraftModel(maxDraft, 0, true);
    }

    /**
     * Drafts with the MTP heads of the engine's model, 4 tokens at most.
     *
     * @return the speculation
     */
    static Speculation mtp() {
        return Mtp.DEFAULTS;
    }

    /**
     * Drafts with the MTP heads of the engine's model.
     *
     * @param maxDraft tokens to draft at most
     * @return the speculation
     */
    static Speculation mtp(int maxDraft) {
        return new Mtp(maxDraft, 0, true);
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
     * <p>How many tokens are drafted, and for which answers, follows from how often their texts went on as before, and from what steps with
     * and without drafts take. Beside prompts that are prefilled nothing is drafted.
     *
     * @param size tokens that must be the same, 1 to 64; with few it drafts often, with many it is often right
     * @param maxDraft tokens to draft at most, 1 to 64
     * @param adaptive false for as many as {@code maxDraft} says in each step without prompts, whatever that costs: for measurements
     * @since 0.1
     */
    record NGram(int size, int maxDraft, boolean adaptive) implements Speculation {

        private static final int MOST = 64;
        private static final NGram DEFAULTS = new NGram(3, 8, true);

        /** Checks the values. */
        public NGram {
            Checks.between("size", size, 1, MOST);
            Checks.between("maxDraft", maxDraft, 1, MOST);
        }
    }

    /**
     * Drafts the likeliest tokens of {@link EngineOptions#draftModel()}, for all answers that want it together. It pays where the draft model
     * computes a token in a fraction of the model's time and is mostly right. An EAGLE-3 draft model reads what the engine's model computes, with its hidden states.
     *
     * <p>How many tokens are drafted, and whether any are, follows from how often those before were right, and from what drafting and
     * steps with and without drafts take. What does not pay is tried again now and then, within a hundredth of the time. Beside prompts that are
     * prefilled nothing is drafted.
     *
     * @param maxDraft tokens to draft at most, 1 to 64
     * @param minProbability a draft ends before a token that the draft model finds less likely, 0 to 1; 0 asks for no probabilities
     * @param adaptive false for as many as {@code maxDraft} says in each step without prompts, whatever that costs: for measurements
     * @since 0.1
     */
    record DraftModel(int maxDraft, double minProbability, boolean adaptive) implements Speculation {

        private static final DraftModel DEFAULTS = new DraftModel(8, 0, true);

        /** Checks the values. */
        public DraftModel {
            Checks.between("maxDraft", maxDraft, 1, NGram.MOST);
            requireProbability(minProbability);
        }
    }

    /**
     * Drafts with the MTP heads of the engine's model (multi-token prediction), for all answers that want it together: layers behind its last one, which its
     * file has or has not ({@link dev.tokapu.ModelInfo#nextTokenLayerCount()}). The model has to be loaded with {@link
     * dev.tokapu.ModelOptions#mtpHeads()}, and this, with any numbers, be {@link EngineOptions#speculation()}: then requests may ask for other numbers or none.
     *
     * <p>The heads read what the model computes, with its hidden states. How many tokens are drafted, whether any are, and whether the heads read a text,
     * follows from measured times, as for {@link DraftModel}.
     *
     * @param maxDraft tokens to draft at most, 1 to 64; the first is right most often
     * @param minProbability a draft ends before a token that the heads find less likely, 0 to 1; 0 asks for no probabilities
     * @param adaptive false for as many as {@code maxDraft} says in each step without prompts, whatever that costs: for measurements
     * @since 0.1
     */
    record Mtp(int maxDraft, double minProbability, boolean adaptive) implements Speculation {

        private static final Mtp DEFAULTS = new Mtp(4, 0, true);

        /** Checks the values. */
        public Mtp {
            Checks.between("maxDraft", maxDraft, 1, NGram.MOST);
            requireProbability(minProbability);
        }
    }

    private static void requireProbability(double minProbability) {
        if (!(minProbability >= 0 && minProbability <= 1)) {
            throw new IllegalArgumentException("minProbability is " + minProbability + "; it must be 0 to 1");
        }
    }
}
