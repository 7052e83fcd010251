package dev.tokapu.engine;

import dev.tokapu.internal.text.AnswerText;
import dev.tokapu.internal.text.TextReader;
import org.jspecify.annotations.Nullable;

/** The pieces of a generation's text, for the one who reads them. */
record OutputReader(Generation generation, AnswerText text) implements TextReader {

    @Override
    public @Nullable String pull() {
        String piece = text.take(generation::cancel);
        Throwable failure = piece == null ? text.failure() : null;
        if (failure != null) {
            throw Generation.rethrown(failure);
        }
        return piece;
    }

    @Override
    public void cancel() {
        generation.cancel();
    }

    @Override
    public boolean isFinished() {
        return text.isEnded();
    }

    @Override
    public void close() {
        generation.close();
    }
}
