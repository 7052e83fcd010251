package dev.tokapu.sampling;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The tokens that may come next, each with its logit and, once a sampler has computed them, its probability; in the order
 * that the samplers left.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class Candidates {

    private final int[] tokens;
    private final float[] logits;
    private final float[] probabilities;
    private final int selected;

    Candidates(int[] tokens, float[] logits, float[] probabilities, int selected) {
        this.tokens = tokens;
        this.logits = logits;
        this.probabilities = probabilities;
        this.selected = selected;
    }

    /**
     * All tokens of a vocabulary.
     *
     * @param logits the logit of each token id, as {@link dev.tokapu.Context#logits(int)} gives them
     * @return candidates 0 to {@code logits.length - 1}
     */
    public static Candidates of(float[] logits) {
        int[] tokens = new int[logits.length];
        Arrays.setAll(tokens, i -> i);
        return of(tokens, logits);
    }

    /**
     * Some tokens.
     *
     * @param tokens token ids
     * @param logits the logit of each
     * @return the candidates
     */
    public static Candidates of(int[] tokens, float[] logits) {
        if (tokens.length != logits.length) {
            throw new IllegalArgumentException(tokens.length + " tokens but " + logits.length + " logits");
        }
        if (tokens.length == 0) {
            throw new IllegalArgumentException("no candidates; give at least one token");
        }
        return new Candidates(tokens.clone(), logits.clone(), new float[tokens.length], -1);
    }

    /**
     * How many there are.
     *
     * @return candidates
     */
    public int size() {
        return tokens.length;
    }

    /**
     * The token of a candidate.
     *
     * @param index 0 to {@link #size()} - 1
     * @return a token id
     */
    public int token(int index) {
        return tokens[index];
    }

    /**
     * The logit of a candidate.
     *
     * @param index 0 to {@link #size()} - 1
     * @return the logit
     */
    public float logit(int index) {
        return logits[index];
    }

    /**
     * The probability of a candidate.
     *
     * @param index 0 to {@link #size()} - 1
     * @return 0 to 1, and 0 everywhere when no sampler of the chain computes probabilities
     */
    public float probability(int index) {
        return probabilities[index];
    }

    /**
     * All tokens.
     *
     * @return a copy
     */
    public int[] tokens() {
        return tokens.clone();
    }

    /**
     * All logits.
     *
     * @return a copy
     */
    public float[] logits() {
        return logits.clone();
    }

    /**
     * All probabilities.
     *
     * @return a copy
     */
    public float[] probabilities() {
        return probabilities.clone();
    }

    /**
     * Which candidate was selected.
     *
     * @return its index, empty when the chain has no sampler that selects
     */
    public OptionalInt selected() {
        return selected < 0 ? OptionalInt.empty() : OptionalInt.of(selected);
    }

    /**
     * The token that was selected.
     *
     * @return its id, empty when the chain has no sampler that selects
     */
    public OptionalInt selectedToken() {
        return selected < 0 ? OptionalInt.empty() : OptionalInt.of(tokens[selected]);
    }

    @Override
    public String toString() {
        return "Candidates[size=" + size() + (selected < 0 ? "" : ", selected token " + tokens[selected]) + "]";
    }
}
