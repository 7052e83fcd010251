package dev.tokapu.chat;

import dev.tokapu.internal.text.TextReader;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The text of an answer alone, and everything of it as a stream. */
record AnswerReader(ChatAnswer answer) implements TextReader {

    static Stream<AnswerDelta> stream(ChatAnswer answer) {
        Spliterator<AnswerDelta> all =
                new Spliterators.AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL) {
                    @Override
                    public boolean tryAdvance(Consumer<? super AnswerDelta> action) {
                        AnswerDelta delta = answer.pull();
                        if (delta == null) {
                            return false;
                        }
                        action.accept(delta);
                        return true;
                    }
                };
        return StreamSupport.stream(all, false).onClose(answer::close);
    }

    @Override
    public @Nullable String pull() {
        AnswerDelta delta = answer.pull();
        while (delta != null && !(delta instanceof AnswerDelta.Text)) {
            delta = answer.pull();
        }
        return delta instanceof AnswerDelta.Text text ? text.text() : null;
    }

    @Override
    public void cancel() {
        answer.cancel();
    }

    @Override
    public boolean isFinished() {
        return answer.isFinished();
    }

    @Override
    public void close() {
        answer.close();
    }
}
