package dev.tokapu.sampling;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * What the samplers of a {@link SamplerChain} left of the candidates that they were given: tokens with their logits and, once a
 * sampler has computed them, their probabilities, in the order that the samplers left.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class SamplerResult {

    private final int[] tokens;
    private final float[] logits;
    private final float[] probabilities;
    private final int selected;

    SamplerResult(int[] tokens, float[] logits, float[] probabilities, int selected) {
        this.tokens = tokens;
        this.logits = logits;
        this.probabilities = probabilities;
        this.selected = selected;
    }

    /** Candidates before any sampler: the probabilities are 0, nothing is selected. */
    static SamplerResult unsampled(int[] tokens, float[] logits) {
        if (tokens.length != logits.length) {
            throw new IllegalArgumentException(tokens.length + " tokens but " + logits.length + " logits");
        }
        if (tokens.length == 0) {
            throw new IllegalArgumentException("no candidates; give at least one token");
        }
        return new SamplerResult(tokens.clone(), logits.clone(), new float[tokens.length], -1);
    }

    /** All tokens of a vocabulary, before any sampler. */
    static SamplerResult unsampled(float[] logits) {
        int[] tokens = new int[logits.length];
        Arrays.setAll(tokens, i -> i);
        return unsampled(tokens, logits);
    }

    /** {@return the number of candidates} */
    public int size() {
        return tokens.length;
    }

    /** {@return the token id of the candidate at an index, 0 to {@link #size()} - 1} */
    public int token(int index) {
        return tokens[index];
    }

    /** {@return the logit of the candidate at an index} */
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

    /** {@return a copy of all token ids} */
    public int[] tokens() {
        return tokens.clone();
    }

    /** {@return a copy of all logits} */
    public float[] logits() {
        return logits.clone();
    }

    /** {@return a copy of all probabilities} */
    public float[] probabilities() {
        return probabilities.clone();
    }

    /** {@return the index of the selected candidate, empty when no sampler of the chain selects} */
    public OptionalInt selected() {
        return selected < 0 ? OptionalInt.empty() : OptionalInt.of(selected);
    }

    /** {@return the id of the selected token, empty when no sampler of the chain selects} */
    public OptionalInt selectedToken() {
        return selected < 0 ? OptionalInt.empty() : OptionalInt.of(tokens[selected]);
    }

    @Override
    public String toString() {
        return "SamplerResult[size=" + size() + (selected < 0 ? "" : ", selected token " + tokens[selected]) + "]";
    }
}
