package dev.tokapu.engine;

import dev.tokapu.internal.text.AnswerText;
import dev.tokapu.internal.text.TextReader;
import org.jspecify.annotations.Nullable;

/** The pieces of a generation's text, for the one who reads them. */
record OutputReader(Generation generation, AnswerText text) implements TextReader {

    @Override
    public @Nullable String pull() {
        return orFailure(text.take(generation::cancel));
    }

    /** The next piece that is there, empty for none. */
    String poll() {
        String piece = orFailure(text.poll());
        return piece == null ? "" : piece;
    }

    private @Nullable String orFailure(@Nullable String piece) {
        Throwable failure = piece == null ? text.failure() : null;
        if (failure != null) {
            throw Generation.rethrown(failure);
        }
        return piece;
    }

    /** Waits for the end. An interrupt cancels the generation, and stays. */
    void awaitEnd() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (text.awaitEnd(Long.MAX_VALUE)) {
                        break;
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                    generation.cancel();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
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
