package dev.tokapu.chat;

import org.jspecify.annotations.Nullable;

/**
 * What an answer begins with before the model goes on.
 *
 * @param text the text
 * @param tokens its tokens when the model itself has chosen them, else null
 */
@SuppressWarnings("ArrayRecordComponent") // private to this package, never changed
record AnswerBeginning(String text, int @Nullable [] tokens) {

    static final AnswerBeginning NONE = new AnswerBeginning("", null);
}
