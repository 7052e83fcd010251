package dev.tokapu.sampling;

import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.spi.CandidatesKey;
import dev.tokapu.spi.NativeApi;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * The tokens that may come next, for a {@link CustomSampler} to change in place: each with its logit and with its probability as
 * far as a sampler has computed it.
 *
 * <p>It lives in arrays of the Java heap that are used again for the next token, so working on it allocates nothing. When the
 * sampler's call is over it refuses every use.
 *
 * <p>Thread safety: confined to the call of the sampler.
 *
 * @since 0.1
 */
public final class TokenCandidates {

    private int[] tokens = new int[0];
    private float[] logits = new float[0];
    private float[] probabilities = new float[0];
    private int[] spareTokens = new int[0];
    private float[] spareLogits = new float[0];
    private float[] spareProbabilities = new float[0];
    private final LogitOrder order = new LogitOrder();
    private final int[] state = new int[CandidatesKey.COUNT];
    private int size;
    private int selected;
    private boolean sorted;
    private boolean changed;
    private boolean open;

    TokenCandidates() {}

    /** Copies the candidates of the callback that runs on this thread. */
    void load(NativeApi api, int n) {
        if (tokens.length < n) {
            tokens = new int[n];
            logits = new float[n];
            probabilities = new float[n];
            spareTokens = new int[0];
        }
        check(api, api.samplers().candidates(tokens, logits, probabilities, state));
        size = state[CandidatesKey.N];
        selected = state[CandidatesKey.SELECTED];
        sorted = state[CandidatesKey.SORTED] != 0;
        changed = false;
        open = true;
    }

    /** Copies them back if anything has changed. */
    void store(NativeApi api) {
        if (changed) {
            state[CandidatesKey.N] = size;
            state[CandidatesKey.SELECTED] = selected;
            state[CandidatesKey.SORTED] = sorted ? 1 : 0;
            check(api, api.samplers().setCandidates(tokens, logits, probabilities, state));
        }
    }

    void end() {
        open = false;
    }

    private static void check(NativeApi api, int status) {
        NativeErrors.check(api, status, "exchanging candidates", "TokenCandidates");
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException(
                    "these candidates were for one call of a sampler, which is over; copy what you want to keep");
        }
    }

    private int at(int index) {
        requireOpen();
        return Objects.checkIndex(index, size);
    }

    /** {@return the number of candidates, at least 1 when the call begins} */
    public int size() {
        requireOpen();
        return size;
    }

    /** {@return the token id of the candidate at an index, 0 to {@link #size()} - 1} */
    public int token(int index) {
        return tokens[at(index)];
    }

    /** {@return the logit of the candidate at an index; minus infinity for one that cannot be selected} */
    public float logit(int index) {
        return logits[at(index)];
    }

    /**
     * The probability of a candidate as the last sampler that computes them left it; it does not follow changes of logits.
     *
     * @param index 0 to {@link #size()} - 1
     * @return 0 to 1, and 0 everywhere when no sampler has computed them; see {@link #computeProbabilities()}
     */
    public float probability(int index) {
        return probabilities[at(index)];
    }

    /**
     * Whether they are in the order of falling logits.
     *
     * @return true after a sampler that sorts, or {@link #sort()}, until a logit or the order changes
     */
    public boolean isSorted() {
        requireOpen();
        return sorted;
    }

    /** {@return the index of the selected candidate, empty when none is selected} */
    public OptionalInt selected() {
        requireOpen();
        return selected < 0 ? OptionalInt.empty() : OptionalInt.of(selected);
    }

    /**
     * Finds a token; looks at one candidate after the other.
     *
     * @param token its id
     * @return its index, -1 when it is not among them
     */
    public int indexOf(int token) {
        requireOpen();
        if (token >= 0 && token < size && tokens[token] == token) {
            return token;
        }
        for (int i = 0; i < size; i++) {
            if (tokens[i] == token) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Changes the logit of a candidate.
     *
     * @param index 0 to {@link #size()} - 1
     * @param logit a number, or minus infinity so that it cannot be selected
     */
    public void setLogit(int index, float logit) {
        int i = at(index);
        if (Float.isNaN(logit) || logit == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("the logit of candidate " + index + ", token " + tokens[i]
                    + ", would be " + logit + "; it must be a number or minus infinity");
        }
        logits[i] = logit;
        sorted = false;
        changed = true;
    }

    /** Selects a candidate. In a chain that goes on, the sampler at its end selects anew. */
    public void select(int index) {
        selected = at(index);
        changed = true;
    }

    /** Swaps the candidates at two indexes, 0 to {@link #size()} - 1. */
    public void swap(int a, int b) {
        int i = at(a);
        int j = at(b);
        int token = tokens[i];
        float logit = logits[i];
        float probability = probabilities[i];
        put(i, j);
        tokens[j] = token;
        logits[j] = logit;
        probabilities[j] = probability;
        if (selected == i || selected == j) {
            selected = selected == i ? j : i;
        }
        sorted = false;
        changed = true;
    }

    private void put(int to, int from) {
        tokens[to] = tokens[from];
        logits[to] = logits[from];
        probabilities[to] = probabilities[from];
    }

    /**
     * Removes candidates. At least one must be left when the sampler's call ends.
     *
     * @param unwanted which ones
     */
    public void removeIf(CandidatePredicate unwanted) {
        requireOpen();
        int left = 0;
        int newSelected = -1;
        for (int i = 0; i < size; i++) {
            if (!unwanted.test(tokens[i], logits[i])) {
                newSelected = selected == i ? left : newSelected;
                put(left++, i);
            }
        }
        changed |= left < size;
        selected = newSelected;
        size = left;
    }

    /**
     * Keeps the first candidates only.
     *
     * @param count how many, 1 or more; as many as there are or more changes nothing
     */
    public void truncate(int count) {
        requireOpen();
        Checks.atLeast("count", count, 1);
        if (count < size) {
            size = count;
            selected = selected < count ? selected : -1;
            changed = true;
        }
    }

    /** Sorts them by falling logit; equal ones keep their order. */
    public void sort() {
        requireOpen();
        if (sorted) {
            return;
        }
        if (spareTokens.length < size) {
            spareTokens = new int[tokens.length];
            spareLogits = new float[tokens.length];
            spareProbabilities = new float[tokens.length];
        }
        long[] from = order.of(logits, size);
        int newSelected = -1;
        for (int i = 0; i < size; i++) {
            int index = (int) from[i];
            spareTokens[i] = tokens[index];
            spareLogits[i] = logits[index];
            spareProbabilities[i] = probabilities[index];
            newSelected = index == selected ? i : newSelected;
        }
        int[] tokensBefore = tokens;
        float[] logitsBefore = logits;
        float[] probabilitiesBefore = probabilities;
        tokens = spareTokens;
        logits = spareLogits;
        probabilities = spareProbabilities;
        spareTokens = tokensBefore;
        spareLogits = logitsBefore;
        spareProbabilities = probabilitiesBefore;
        selected = newSelected;
        sorted = true;
        changed = true;
    }

    /** Computes the probabilities of the candidates that are left: the softmax of their logits. */
    public void computeProbabilities() {
        requireOpen();
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            largest = Math.max(largest, logits[i]);
        }
        if (largest == Float.NEGATIVE_INFINITY) {
            throw new IllegalStateException("no candidate is possible: all logits are minus infinity");
        }
        double sum = 0;
        for (int i = 0; i < size; i++) {
            double share = Math.exp(logits[i] - largest);
            probabilities[i] = (float) share;
            sum += share;
        }
        for (int i = 0; i < size; i++) {
            probabilities[i] = (float) (probabilities[i] / sum);
        }
        changed = true;
    }

    @Override
    public String toString() {
        return open ? "TokenCandidates[size=" + size + ", selected=" + selected + "]" : "TokenCandidates[over]";
    }
}
