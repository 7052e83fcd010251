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

    /** {@return the number of tokens, prompt and generated} */
    public int size() {
        return tokens.size();
    }

    /** {@return whether there are no tokens} */
    public boolean isEmpty() {
        return tokens.size() == 0;
    }

    /** {@return the number of tokens of the prompt} */
    public int promptSize() {
        return promptSize;
    }

    /** {@return the number of generated tokens} */
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

    /** {@return a copy of all tokens, oldest first} */
    public int[] toArray() {
        return tokens.toArray();
    }

    @Override
    public String toString() {
        return "TokenHistory[prompt " + promptSize + ", generated " + generatedSize() + "]";
    }
}
