package dev.tokapu.chat;

import dev.tokapu.internal.text.OnceReadable;
import dev.tokapu.internal.text.TextReader;
import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Timings;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.Usage;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An answer of a conversation: what a generator makes, and the conversation is told when it ends.
 *
 * <p>Thread safety: confined, but for {@link #cancel} and {@link #close}.
 */
final class ChatStream implements TextStream, TextReader {

    private final TextStream text;
    private final Iterator<String> pieces;
    private final ThreadGuard guard;
    private final Consumer<ChatStream> onEnd;
    private final OnceReadable reading = new OnceReadable(this);
    private boolean told;

    ChatStream(TextStream text, ThreadGuard guard, Consumer<ChatStream> onEnd) {
        this.text = text;
        this.pieces = text.iterator();
        this.guard = guard;
        this.onEnd = onEnd;
    }

    @Override
    public @Nullable String pull() {
        guard.enter();
        try {
            return pieces.hasNext() ? pieces.next() : null;
        } finally {
            tellEnd();
            guard.leave();
        }
    }

    @Override
    public String text() {
        return guard.call(() -> {
            try {
                return text.text();
            } finally {
                tellEnd();
            }
        });
    }

    /** Tells the conversation of the end, if it is there; with the guard. */
    void tellEnd() {
        if (!told && text.isFinished()) {
            told = true;
            onEnd.accept(this);
        }
    }

    /** Cancels it if it has not ended, and waits for the end, which an engine needs a step for; with the guard. */
    @SuppressWarnings("CheckReturnValue") // the text is of no interest
    void end() {
        text.close();
        if (!text.isFinished()) {
            try {
                text.text();
            } catch (RuntimeException e) { // it failed in the meantime, which is an end, too
                tellEnd();
            }
        }
        tellEnd();
    }

    @Override
    public void cancel() {
        text.cancel();
    }

    @Override
    public void close() {
        text.cancel();
        if (guard.tryEnter()) {
            try {
                end();
            } finally {
                guard.leave();
            }
        }
    }

    /** Why it ended; null before the end, and when it failed. */
    @Nullable
    FinishReason reason() {
        try {
            return text.finishReason();
        } catch (IllegalStateException e) {
            return null;
        }
    }

    @Override
    public Iterator<String> iterator() {
        return reading.iterator();
    }

    @Override
    public Stream<String> stream() {
        return reading.stream();
    }

    @Override
    public Flow.Publisher<String> publisher() {
        return reading.publisher();
    }

    @Override
    public String textSoFar() {
        return text.textSoFar();
    }

    @Override
    public boolean isFinished() {
        return text.isFinished();
    }

    @Override
    public FinishReason finishReason() {
        return text.finishReason();
    }

    @Override
    public Usage usage() {
        return text.usage();
    }

    @Override
    public Timings timings() {
        return text.timings();
    }

    @Override
    public int[] tokens() {
        return text.tokens();
    }

    @Override
    public List<TokenAlternatives> logProbabilities() {
        return text.logProbabilities();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
