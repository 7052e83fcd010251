package dev.tokapu.embedding;

import dev.tokapu.SpecialTokens;
import dev.tokapu.Vocab;
import dev.tokapu.exception.ContextOverflowException;
import java.util.ArrayList;
import java.util.List;

/**
 * What is done with a text that has more tokens than a {@link TextEncoder} takes.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum LongTexts {
    /** It is refused with a {@link ContextOverflowException}. */
    ERROR,

    /** Its end is left out, but not the tokens that the tokenizer puts behind a text. */
    TRUNCATE,

    /**
     * It is cut into parts of about the same length, each with the tokens that the tokenizer puts around a text; its vector is the mean of
     * theirs, weighted by their tokens.
     */
    SPLIT;

    /**
     * The tokens that are computed of a text.
     *
     * @param tokens the tokens of the whole text, including what the tokenizer puts around it
     * @param most how many are computed together at most
     * @param vocab the vocabulary that they are of
     * @return one array, or with {@link #SPLIT} one for each part
     * @throws ContextOverflowException when there are too many, with {@link #ERROR}, or when the tokens around a text leave it no room
     */
    public List<int[]> parts(int[] tokens, int most, Vocab vocab) {
        return parts(tokens, 0, most, vocab, "");
    }

    /**
     * The same for one of several texts.
     *
     * @param prefix tokens of the text that each part begins with
     * @param place which text it is, for messages: {@code "it is text 3 of 5: "}
     */
    List<int[]> parts(int[] tokens, int prefix, int most, Vocab vocab, String place) {
        if (tokens.length <= most) {
            return List.of(tokens);
        }
        int after = ends(tokens, vocab) ? 1 : 0;
        int before = Math.min(Math.max(prefix, begins(tokens, vocab) ? 1 : 0), tokens.length - after);
        int room = most - before - after;
        if (room < 1) {
            throw new ContextOverflowException(
                    tokens.length,
                    most,
                    place
                            + (prefix > 0
                                    ? "the prefix and what the tokenizer adds take " + (before + after)
                                            + ": shorten the prefix, or raise the context size"
                                    : "what the tokenizer adds takes " + (before + after)
                                            + ": raise the context size"));
        }
        if (this == ERROR) {
            throw new ContextOverflowException(
                    tokens.length,
                    most,
                    place + "shorten the text, raise the context size, or let long texts be cut (LongTexts)");
        }
        int inner = tokens.length - before - after;
        int count = this == TRUNCATE ? 1 : (inner + room - 1) / room;
        List<int[]> parts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int from = this == TRUNCATE ? 0 : (int) ((long) inner * i / count);
            int to = this == TRUNCATE ? room : (int) ((long) inner * (i + 1) / count);
            int[] part = new int[before + to - from + after];
            System.arraycopy(tokens, 0, part, 0, before);
            System.arraycopy(tokens, before + from, part, before, to - from);
            System.arraycopy(tokens, tokens.length - after, part, part.length - after, after);
            parts.add(part);
        }
        return parts;
    }

    private static boolean begins(int[] tokens, Vocab vocab) {
        SpecialTokens special = vocab.specialTokens();
        return special.addsBos() && special.bos().orElse(-1) == tokens[0];
    }

    private static boolean ends(int[] tokens, Vocab vocab) {
        SpecialTokens special = vocab.specialTokens();
        int last = tokens[tokens.length - 1];
        return (special.addsEos() && special.eos().orElse(-1) == last)
                || (special.addsSep() && special.sep().orElse(-1) == last);
    }
}
