package dev.tokapu.internal.text;

import dev.tokapu.internal.util.IntList;

/**
 * The tokens of a sequence in the KV cache, what they were computed with, and the one that was chosen after them but not decoded yet.
 *
 * <p>Thread safety: confined.
 */
public final class SequenceTokens {

    private static final int NONE = -1;

    private final IntList tokens = new IntList();
    private int pending = NONE;
    private Activation activation = Activation.NONE;

    /** Creates an empty sequence. */
    public SequenceTokens() {}

    /**
     * A token was decoded.
     *
     * @param token its id
     */
    public void add(int token) {
        tokens.add(token);
        pending = NONE;
    }

    /**
     * Tokens were removed.
     *
     * @param length how many are left
     */
    public void truncate(int length) {
        if (length < tokens.size()) {
            pending = NONE;
        }
        tokens.truncate(length);
    }

    /**
     * Tokens were removed, and those behind them moved up.
     *
     * @param from the first
     * @param to the first that stayed
     */
    public void remove(int from, int to) {
        tokens.remove(from, to);
        activation = activation.without(from, to);
    }

    /**
     * Says what tokens are computed with from now on, as far as they are there already.
     *
     * @param adapters the LoRA adapters and the control vector
     */
    public void computedWith(Activation adapters) {
        activation = adapters;
    }

    /** {@return the adapters that they were computed with} */
    public Activation activation() {
        return activation;
    }

    /** {@return how many tokens at the beginning were computed with these adapters} */
    public int computedSo(Activation adapters) {
        return activation.common(adapters);
    }

    /**
     * A token was chosen to come next.
     *
     * @param token its id
     */
    public void pending(int token) {
        pending = token;
    }

    /**
     * The token that was chosen to come next.
     *
     * @return its id, -1 when there is none
     */
    public int pending() {
        return pending;
    }

    /**
     * How many tokens there are.
     *
     * @return the length of the sequence
     */
    public int size() {
        return tokens.size();
    }

    /**
     * The tokens.
     *
     * @return a copy
     */
    public int[] toArray() {
        return tokens.toArray();
    }

    /**
     * How many tokens at the beginning are the same as in a prompt.
     *
     * @param prompt the prompt
     * @return the length of the common prefix
     */
    public int commonPrefix(int[] prompt) {
        return tokens.commonPrefix(prompt);
    }
}
