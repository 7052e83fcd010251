package dev.tokapu.chat;

import dev.tokapu.sampling.Grammar;
import org.jspecify.annotations.Nullable;

/**
 * What an answer begins with before the model goes on, and what holds the whole of it to a form.
 *
 * @param text the text
 * @param tokens its tokens when they are known, as of what the model itself has chosen, else null
 * @param half bytes of the character that its tokens end in, mostly none
 * @param grammar what the whole answer must match, this prefix included; null when it is free
 */
@SuppressWarnings("ArrayRecordComponent") // private to this package, never changed
record AnswerPrefix(
        String text,
        int @Nullable [] tokens,
        byte[] half,
        @Nullable Grammar grammar) {

    private static final byte[] NO_BYTES = {};
    static final AnswerPrefix NONE = of("");

    static AnswerPrefix of(String text) {
        return new AnswerPrefix(text, null, NO_BYTES, null);
    }

    static AnswerPrefix of(String text, int[] tokens) {
        return new AnswerPrefix(text, tokens, NO_BYTES, null);
    }

    static AnswerPrefix heldTo(Grammar grammar) {
        return new AnswerPrefix("", null, NO_BYTES, grammar);
    }
}
