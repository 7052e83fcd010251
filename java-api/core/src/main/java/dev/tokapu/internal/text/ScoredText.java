package dev.tokapu.internal.text;

import dev.tokapu.Vocab;
import java.util.Arrays;

/**
 * A text to score after a prompt: both tokenized together, as a model would see them.
 *
 * <p>Thread safety: immutable, as long as nobody changes the array.
 *
 * @param tokens prompt and text
 * @param common how many of them are the prompt's; a token that spans the border belongs to the text
 */
@SuppressWarnings("ArrayRecordComponent") // never changed
public record ScoredText(int[] tokens, int common) {

    /**
     * Tokenizes as texts to score are: control texts are not parsed.
     *
     * @param vocab the vocabulary
     * @param text the text
     * @return its tokens
     */
    public static int[] tokenize(Vocab vocab, String text) {
        return PromptText.tokens(vocab, text, false);
    }

    /**
     * Tokenizes prompt and text together.
     *
     * @param vocab the vocabulary
     * @param alone the prompt's tokens
     * @param prompt the prompt
     * @param text the text
     * @return the tokens
     * @throws IllegalArgumentException when the text is empty
     */
    public static ScoredText of(Vocab vocab, int[] alone, String prompt, String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a continuation is empty; there is nothing to score");
        }
        int[] tokens = tokenize(vocab, prompt + text);
        int common = 0;
        // A continuation keeps at least one token.
        while (common < alone.length && common < tokens.length - 1 && alone[common] == tokens[common]) {
            common++;
        }
        return new ScoredText(tokens, common);
    }

    /** {@return a copy of the prompt's tokens} */
    public int[] prompt() {
        return Arrays.copyOf(tokens, common);
    }

    /**
     * Throws when nothing stands before the text.
     *
     * @param common tokens of the prompt
     */
    public static void requirePrompt(int common) {
        if (common == 0) {
            throw new IllegalArgumentException(
                    "the prompt has no tokens, and the first token of a text has no likelihood without one before it");
        }
    }
}
