package dev.tokapu.internal.text;

import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import java.util.Arrays;

/** Tokens of a text that a model is to go on with. */
public final class PromptText {

    private PromptText() {}

    /**
     * Tokenizes with what the model wants before a text, and without the end token that some want behind it: that is for
     * embeddings, and an answer cannot follow it.
     *
     * @param vocab the vocabulary
     * @param text the text
     * @param parseSpecial whether the text of control tokens becomes those tokens
     * @return the tokens
     */
    public static int[] tokens(Vocab vocab, String text, boolean parseSpecial) {
        int[] tokens = vocab.tokenize(
                text, TokenizeOptions.builder().parseSpecial(parseSpecial).build());
        boolean ended = vocab.specialTokens().addsEos()
                && tokens.length > 0
                && tokens[tokens.length - 1] == vocab.specialTokens().eos().orElse(-1);
        return ended ? Arrays.copyOf(tokens, tokens.length - 1) : tokens;
    }
}
