package dev.tokapu.chat;

import dev.tokapu.exception.AnswerFormatException;
import dev.tokapu.internal.text.OnceReadable;
import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Timings;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.Usage;
import dev.tokapu.tool.ToolCall;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An answer of a chat model: its text, its thoughts and its tool calls, taken apart while it grows.
 *
 * <p>As a stream it is the text alone; {@link #deltas()} has everything, in order. It can be read once, one way or the other;
 * {@link #text()}, {@link #reasoning()} and {@link #toolCalls()} answer as often as they are asked.
 *
 * <p>Thread safety: read it in one thread at a time. What cancels, closes, pauses or ends reasoning may be called by any thread.
 *
 * @since 0.1
 */
public final class ChatAnswer implements TextStream {

    private final TextStream raw;
    private final Iterator<String> pieces;
    private final AnswerAssembly parts;
    private final ThreadGuard guard;
    private final Consumer<ChatAnswer> onEnd;
    private final OnceReadable reading = new OnceReadable(new AnswerReader(this));
    private final ReasoningTokens reasoningTokens;
    private boolean told;

    ChatAnswer(
            TextStream raw,
            @Nullable AnswerParser parser,
            String prefix,
            ReasoningTokens reasoningTokens,
            ThreadGuard guard,
            Consumer<ChatAnswer> onEnd) {
        this.raw = raw;
        this.pieces = raw.iterator();
        this.parts = new AnswerAssembly(parser, prefix);
        this.reasoningTokens = reasoningTokens;
        this.guard = guard;
        this.onEnd = onEnd;
    }

    /** The next delta; waits for it. Null at the end. */
    @Nullable
    AnswerDelta pull() {
        return guard.call(this::next);
    }

    private @Nullable AnswerDelta next() {
        try {
            AnswerDelta delta = parts.poll();
            while (delta == null && !parts.isFinished() && pieces.hasNext()) {
                parts.add(pieces.next());
                delta = parts.poll();
            }
            if (delta == null) {
                finish();
                delta = parts.poll();
            }
            return delta;
        } finally {
            tellEnd();
        }
    }

    /** Reads to the end; with the guard. What failed before fails again. */
    @SuppressWarnings("CheckReturnValue") // the exception is of interest
    private AnswerAssembly readAll() {
        if (raw.isFinished() && reason() == null) {
            raw.text();
        }
        try {
            while (!parts.isFinished() && pieces.hasNext()) {
                parts.add(pieces.next());
            }
            finish();
            return parts;
        } finally {
            tellEnd();
        }
    }

    private void finish() {
        if (!parts.isFinished()) {
            FinishReason why = reason();
            parts.finish(why == null || why.isCutOff());
        }
    }

    /** Tells the conversation of the end, if it is there; with the guard. */
    void tellEnd() {
        if (!told && raw.isFinished()) {
            told = true;
            parts.addUnread(raw.textSoFar());
            finish();
            onEnd.accept(this);
        }
    }

    /** Cancels it if it has not ended, and waits for the end, which an engine needs a step for; with the guard. */
    @SuppressWarnings("CheckReturnValue") // the text is of no interest
    void end() {
        raw.close();
        if (!raw.isFinished()) {
            try {
                raw.text();
            } catch (RuntimeException e) { // it failed in the meantime, which is an end, too
                tellEnd();
            }
        }
        tellEnd();
    }

    /** Why it ended; null before the end, and when it failed. */
    @Nullable
    FinishReason reason() {
        try {
            return raw.finishReason();
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

    /**
     * {@return everything that is new, as it comes: thoughts, text, tool calls; the stream waits for each delta, and closing it closes this}
     *
     * @throws IllegalStateException when this is being read already
     */
    public Stream<AnswerDelta> deltas() {
        reading.take();
        return AnswerReader.stream(this);
    }

    /**
     * {@return everything that is new and there already, in order, without waiting for more: text of an engine alone can be read so} The other
     * ways to read it are closed then. {@link #onProgress} tells when to ask again; what is asked for after {@link #isFinished()} is the rest.
     *
     * @throws UnsupportedOperationException when the text is made by the thread that reads it
     */
    public List<AnswerDelta> pollDeltas() {
        return guard.call(() -> {
            boolean ended = raw.isFinished();
            try {
                parts.addFrom(raw);
            } finally {
                if (ended) {
                    tellEnd();
                }
            }
            return parts.pollAll();
        });
    }

    @Override
    public void onProgress(Runnable action) {
        raw.onProgress(action);
    }

    /** {@inheritDoc} Thoughts and tool calls are not part of it. */
    @Override
    public String text() {
        return guard.call(() -> readAll().text());
    }

    @Override
    public String textSoFar() {
        return parts.isText() ? raw.textSoFar() : parts.text();
    }

    /** {@return what the model thought so far before it answered; empty when it did not} */
    public String reasoning() {
        return parts.reasoning();
    }

    /** {@return the tool calls that are complete so far, in order; those of an answer that was cut off are the whole ones} */
    public List<ToolCall> toolCalls() {
        return parts.calls();
    }

    /** {@return the answer as a message of the conversation: text, thoughts and tool calls; waits for its end} */
    public ChatMessage message() {
        return guard.call(() -> readAll().message());
    }

    /** The message as far as it goes; with the guard. */
    ChatMessage messageSoFar() {
        return parts.message();
    }

    /** {@return all that the model wrote so far, with the template's tags} */
    public String rawText() {
        return raw.textSoFar();
    }

    /**
     * {@return what is wrong with an answer that is not in the format of the chat template, for example a tool call with broken JSON; empty while
     * there is nothing} Its text is all that could be read then, and it has no tool calls.
     */
    public Optional<AnswerFormatException> formatProblem() {
        return parts.problem();
    }

    @Override
    public void endReasoning() {
        raw.endReasoning();
    }

    @Override
    public void pause() {
        raw.pause();
    }

    @Override
    public void resume() {
        raw.resume();
    }

    @Override
    public void cancel() {
        raw.cancel();
    }

    @Override
    public void close() {
        raw.cancel();
        if (guard.tryEnter()) {
            try {
                end();
            } finally {
                guard.leave();
            }
        }
    }

    @Override
    public boolean isFinished() {
        return raw.isFinished();
    }

    @Override
    public FinishReason finishReason() {
        return raw.finishReason();
    }

    @Override
    public Usage usage() {
        int thoughts = reasoningTokens.of(parts.isFinished(), raw.textSoFar(), parts.reasoning(), raw::tokens);
        return raw.usage().withReasoningTokens(thoughts);
    }

    @Override
    public Timings timings() {
        return raw.timings();
    }

    @Override
    public int[] tokens(int from) {
        return raw.tokens(from);
    }

    @Override
    public List<TokenAlternatives> logProbabilities(int from) {
        return raw.logProbabilities(from);
    }

    @Override
    public String toString() {
        return raw.toString();
    }
}
