package dev.tokapu.cli;

import dev.tokapu.chat.AnswerType;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.text.TextStream;

/** An answer held to a grammar, which begins behind a thought and lets tools be called, and otherwise left as it is. */
record HeldAnswer(Grammar grammar) implements AnswerType<ChatAnswer, ChatAnswer> {

    @Override
    public String prompt(String question) {
        return question;
    }

    @Override
    public ChatAnswer read(TextStream text) {
        return (ChatAnswer) text; // a session gives no other
    }

    @Override
    public ChatAnswer stream(TextStream text) {
        return (ChatAnswer) text;
    }
}
