package dev.tokapu.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that a model is to go on from, and what a generator has to know of them.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class TokenPrompt {

    private static final int[] NONE = {};

    private final int[] tokens;
    private final int[] grammarTokens;
    private final int[] shownTokens;
    private final int kept;
    private final byte @Nullable [] cut;

    private TokenPrompt(int[] tokens, int[] grammarTokens, int[] shownTokens, int kept, byte @Nullable [] cut) {
        this.tokens = tokens;
        this.grammarTokens = grammarTokens;
        this.shownTokens = shownTokens;
        this.kept = kept;
        this.cut = cut;
    }

    /**
     * Tokens as they are; BOS is not added.
     *
     * @param tokens their ids, at least one; a copy is kept
     * @return the prompt
     */
    public static TokenPrompt of(int... tokens) {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("the prompt has no tokens; give at least one, for example BOS");
        }
        return new TokenPrompt(tokens.clone(), NONE, NONE, 0, null);
    }

    /**
     * The same prompt with a part of the answer at its end, of which a grammar, and a budget for thoughts, have to be told.
     *
     * @param value the ids of that part's tokens
     * @return the prompt
     */
    public TokenPrompt withGrammarTokens(int... value) {
        return new TokenPrompt(tokens, value.clone(), shownTokens, kept, cut);
    }

    /**
     * The same prompt for an answer whose text shows some control tokens, which others leave out.
     *
     * @param value their ids
     * @return the prompt
     */
    public TokenPrompt withShownTokens(int... value) {
        return new TokenPrompt(tokens, grammarTokens, value.clone(), kept, cut);
    }

    /**
     * The same prompt with a beginning that should stay when the context is full, for example the system prompt.
     *
     * @param count how many tokens of the prompt that is
     * @return the prompt
     */
    public TokenPrompt withKept(int count) {
        if (count < 0 || count > tokens.length) {
            throw new IllegalArgumentException(
                    "kept is " + count + "; the prompt has " + tokens.length + " tokens, it must be 0 to that");
        }
        return new TokenPrompt(tokens, grammarTokens, shownTokens, count, cut);
    }

    /**
     * The same prompt for a text that may go on later: where the text is cut off inside a character, it ends before that character,
     * whose bytes are then the first of the continuation.
     *
     * @param bytes of the character that the text before was cut off in, mostly none
     * @return the prompt
     */
    public TokenPrompt withCutCharacter(byte... bytes) {
        return new TokenPrompt(tokens, grammarTokens, shownTokens, kept, bytes.clone());
    }

    /** {@return a copy of the tokens} */
    public int[] tokens() {
        return tokens.clone();
    }

    /** {@return how many tokens there are, 1 or more} */
    public int length() {
        return tokens.length;
    }

    /** {@return a copy of the tokens that a grammar is told of before the answer} */
    public int[] grammarTokens() {
        return grammarTokens.clone();
    }

    /** {@return a copy of the control tokens that the text of the answer shows} */
    public int[] shownTokens() {
        return shownTokens.clone();
    }

    /** {@return how many tokens at the beginning should stay when the context is full, 0 or more} */
    public int kept() {
        return kept;
    }

    /**
     * The bytes of the character that the text before was cut off in.
     *
     * @return a copy; null when the text does not go on later
     */
    public byte @Nullable [] cutCharacter() {
        return cut == null ? null : cut.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenPrompt prompt
                && Arrays.equals(tokens, prompt.tokens)
                && Arrays.equals(grammarTokens, prompt.grammarTokens)
                && Arrays.equals(shownTokens, prompt.shownTokens)
                && kept == prompt.kept
                && Arrays.equals(cut, prompt.cut);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(tokens);
    }

    @Override
    public String toString() {
        return "TokenPrompt[" + tokens.length + " tokens]";
    }
}
