package dev.tokapu.chat;

import dev.tokapu.sampling.Grammar;
import dev.tokapu.text.GenerationOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an answer begins with before the model goes on, and what holds the whole of it to a form.
 *
 * @param text the text
 * @param tokens its tokens when the model itself has chosen them, else null
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

    static AnswerPrefix heldTo(Grammar grammar) {
        return new AnswerPrefix("", null, NO_BYTES, grammar);
    }

    /** What the grammar has to be told before the next token. */
    int[] heldTokens() {
        return grammar == null || tokens == null ? new int[0] : tokens;
    }

    /** The options for an answer that begins so; a value that a grammar holds to its form has no stop strings of the user. */
    GenerationOptions options(GenerationOptions generation, List<String> templateStops) {
        List<String> stops = new ArrayList<>(templateStops);
        if (grammar == null) {
            stops.addAll(generation.stops());
        }
        GenerationOptions all = generation.toBuilder().stops(stops).build();
        return grammar == null ? all : all.withGrammar(grammar);
    }
}
