package dev.tokapu.internal.text;

import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.VocabType;
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

    /**
     * Tokens of a part of a prompt that goes on where another part ended.
     *
     * @param options without tokens around the text
     */
    public static int[] next(Vocab vocab, String part, TokenizeOptions options) {
        if (part.isEmpty()) {
            return new int[0];
        }
        if (vocab.type() == VocabType.SPM) {
            // SentencePiece would put a space before the part; behind a line end it does not.
            int[] lead = vocab.tokenize("\n", options);
            int[] whole = vocab.tokenize("\n" + part, options);
            if (whole.length >= lead.length && Arrays.equals(lead, 0, lead.length, whole, 0, lead.length)) {
                return Arrays.copyOfRange(whole, lead.length, whole.length);
            }
        }
        return vocab.tokenize(part, options);
    }
}
