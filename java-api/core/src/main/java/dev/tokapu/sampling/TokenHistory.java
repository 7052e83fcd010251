package dev.tokapu.sampling;

import dev.tokapu.internal.util.IntList;

/**
 * The tokens so far: those of the prompt, then those that were generated.
 *
 * <p>A prompt is known in completions and chat sessions, and where {@link SamplerChain#acceptPrompt} was called.
 *
 * <p>Thread safety: confined to the chain.
 *
 * @since 0.1
 */
public final class TokenHistory {

    private final IntList tokens = new IntList();
    private int promptSize;

    TokenHistory() {}

    TokenHistory copy() {
        TokenHistory copy = new TokenHistory();
        for (int token : tokens.toArray()) {
            copy.tokens.add(token);
        }
        copy.promptSize = promptSize;
        return copy;
    }

    void clear() {
        tokens.truncate(0);
        promptSize = 0;
    }

    void prompt(int[] ids) {
        for (int token : ids) {
            tokens.add(token);
        }
        promptSize = tokens.size();
    }

    void add(int token) {
        tokens.add(token);
    }

    /**
     * How many there are.
     *
     * @return tokens of the prompt and generated ones
     */
    public int size() {
        return tokens.size();
    }

    /**
     * Whether there are none.
     *
     * @return true when {@link #size()} is 0
     */
    public boolean isEmpty() {
        return tokens.size() == 0;
    }

    /**
     * How many of them are the prompt.
     *
     * @return tokens
     */
    public int promptSize() {
        return promptSize;
    }

    /**
     * How many were generated.
     *
     * @return tokens
     */
    public int generatedSize() {
        return tokens.size() - promptSize;
    }

    /**
     * One token.
     *
     * @param index 0 to {@link #size()} - 1, oldest first
     * @return its id
     */
    public int token(int index) {
        return tokens.get(index);
    }

    /**
     * The last token.
     *
     * @return its id
     * @throws IndexOutOfBoundsException when there is none
     */
    public int last() {
        return token(size() - 1);
    }

    /**
     * All tokens.
     *
     * @return a copy, oldest first
     */
    public int[] toArray() {
        return tokens.toArray();
    }

    @Override
    public String toString() {
        return "TokenHistory[prompt " + promptSize + ", generated " + generatedSize() + "]";
    }
}
