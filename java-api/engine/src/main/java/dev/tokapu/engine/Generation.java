package dev.tokapu.engine;

import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.chat.ChatPrompt;
import dev.tokapu.engine.run.EngineExecutors;
import dev.tokapu.engine.run.TokenChannel;
import dev.tokapu.internal.text.AnswerText;
import dev.tokapu.internal.text.OnceReadable;
import dev.tokapu.internal.util.Durations;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Timings;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.Usage;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An answer that an {@link Engine} generates, read as a stream, waited for as a whole, or received as a {@link #result() future}.
 *
 * <p>It is generated whether or not it is read; unread text waits here, unless it is {@linkplain #pause() paused}.
 * Cancel or close it when the answer is no longer needed. Waiting does not pin virtual threads.
 *
 * <p>Thread safety: safe, except the iterator, which is confined to one thread.
 *
 * @since 0.1
 */
public final class Generation implements TextStream {

    private final GenerationOrigin origin;
    private final int branch;
    private final TokenChannel channel;
    private final TokenChannel firstChannel;
    private final AnswerControl control;
    private final OutputText output;
    private final AnswerText text;
    private final EngineExecutors executors;
    private final CompletableFuture<Answer> result = new CompletableFuture<>();
    private final OutputReader reader;
    private final OnceReadable reading;
    private volatile long ended;

    /** The next answer of a request. */
    Generation(GenerationOrigin origin, GenerateTask task, EngineParts parts) {
        this.origin = origin;
        this.branch = origin.answers().size();
        this.channel = task.sequence(branch).channel();
        this.firstChannel = task.sequence(0).channel();
        this.control = new AnswerControl(task, branch);
        this.executors = parts.executors();
        OutputText.Listener listener = new OutputText.Listener() {
            @Override
            public void stopped() {
                control.cancel();
            }

            @Override
            public void ending(@Nullable FinishReason reason, @Nullable Throwable failure) {
                ended = System.nanoTime();
                control.ended(origin.finished(Generation.this, branch, reason, failure));
            }

            @Override
            public void finished() {
                complete();
            }
        };
        this.output = new OutputText(parts.vocab(), origin.options(), origin.prompt(), channel, executors, listener);
        this.text = output.text;
        this.reader = new OutputReader(this, text);
        this.reading = new OnceReadable(reader);
    }

    static RuntimeException rethrown(Throwable failure) {
        return new GenerationException("the generation failed: " + failure.getMessage(), failure);
    }

    AnswerControl control() {
        return control;
    }

    private void complete() {
        executors.complete(result, () -> {
            Throwable failure = text.failure();
            if (failure == null) {
                result.complete(answer());
            } else {
                result.completeExceptionally(rethrown(failure));
            }
        });
    }

    private Answer answer() {
        return new Answer(text.textSoFar(), finishReason(), usage(), requestTimings(), logProbabilities());
    }

    /** {@return the request that it answers} */
    public Request request() {
        return origin.request();
    }

    /** {@return all answers of its request, this one among them: as many as {@link Request#answers()}, in order} */
    public List<Generation> answers() {
        return Collections.unmodifiableList(origin.answers());
    }

    /**
     * The answer when it is complete. A generation that was cancelled or ran into its deadline has an answer too, with
     * {@link FinishReason#CANCELLED} or {@link FinishReason#DEADLINE} and what there was of the text.
     *
     * @return a future that fails with a {@link GenerationException} when the generation does; cancelling it cancels nothing else
     */
    public CompletableFuture<Answer> result() {
        return result.copy();
    }

    /** {@return where the time went, so far} */
    public RequestTimings requestTimings() {
        long start = origin.submitted();
        long end = ended == 0 ? System.nanoTime() : ended;
        int gaps = channel.chosen() - 1;
        return new RequestTimings(
                Durations.between(start, channel.admittedAt()),
                Durations.between(channel.admittedAt(), channel.promptedAt()),
                Durations.between(start, channel.firstToken()),
                Durations.between(start, end),
                gaps < 1 ? Duration.ZERO : Duration.ofNanos((channel.latestToken() - channel.firstToken()) / gaps));
    }

    /** {@return how much of the prompt is computed; empty while the request waits. {@link #onProgress} tells of more} */
    public Optional<PrefillProgress> prefillProgress() {
        return PrefillProgress.of(firstChannel, origin.prompt().length());
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
     * Waits for the end and returns the whole text. An interrupt of the waiting thread cancels the generation: what there is comes back
     * then, {@link #finishReason()} is {@link FinishReason#CANCELLED}, and the thread stays interrupted.
     *
     * @return the text
     * @throws GenerationException when the generation failed
     */
    @Override
    public String text() {
        reader.awaitEnd();
        Throwable failure = text.failure();
        if (failure != null) {
            throw rethrown(failure);
        }
        return text.textSoFar();
    }

    /**
     * Waits for the end.
     *
     * @param most how long at most
     * @return whether it has ended
     * @throws InterruptedException when the thread is interrupted; the generation goes on, cancel it if nobody else wants it
     */
    public boolean await(Duration most) throws InterruptedException {
        return text.awaitEnd(Durations.of(most));
    }

    @Override
    public String poll() {
        return reader.poll();
    }

    @Override
    public void onProgress(Runnable action) {
        output.onProgress(action);
    }

    @Override
    public String textSoFar() {
        return text.textSoFar();
    }

    /**
     * The answer to a conversation, taken apart into text, thoughts and tool calls; it reads this stream, which is the raw text.
     *
     * @return the answer
     * @throws IllegalStateException when the request is no conversation, or this is being read already
     */
    public ChatAnswer chatAnswer() {
        ChatPrompt chat = origin.chat();
        if (chat == null) {
            throw new IllegalStateException("the request is no conversation; Request.of(messages) makes one");
        }
        return chat.answer(this);
    }

    @Override
    public void endReasoning() {
        control.endReasoning();
    }

    @Override
    public void pause() {
        control.pause(true);
    }

    @Override
    public void resume() {
        control.pause(false);
    }

    /** Ends it, and the engine drops it within a step; what there is of the text stays. Any thread. */
    @Override
    public void cancel() {
        if (!isFinished()) {
            control.cancel();
            // One that waits has its place until the scheduler has forgotten it.
            if (channel.admittedAt() != 0) {
                output.cancel();
            }
        }
    }

    /** Cancels it if it has not ended. Idempotent, any thread. */
    @Override
    public void close() {
        cancel();
    }

    @Override
    public boolean isFinished() {
        return text.isEnded();
    }

    @Override
    public FinishReason finishReason() {
        return text.finishReason();
    }

    @Override
    public Usage usage() {
        int prompt = origin.prompt().length();
        return new Usage(prompt, channel.cached(), text.tokenCount(), channel.drafted(), channel.accepted(), 0);
    }

    @Override
    public Timings timings() {
        long firstToken = channel.firstToken();
        long prompted = channel.promptedAt();
        long promptNanos = prompted == 0 ? 0 : prompted - channel.admittedAt();
        int later = Math.max(0, channel.chosen() - 1);
        return Timings.ofNanos(
                prompted == 0 ? 0 : origin.prompt().length() - channel.cached(),
                promptNanos,
                later,
                later == 0 ? 0 : channel.latestToken() - firstToken,
                promptNanos);
    }

    @Override
    public int[] tokens(int from) {
        return text.tokens(from);
    }

    @Override
    public List<TokenAlternatives> logProbabilities(int from) {
        return text.alternatives(from);
    }

    @Override
    public String toString() {
        FinishReason reason = text.reason();
        return "Generation[" + origin.id() + (origin.answers().size() > 1 ? "/" + branch : "") + ", " + usage() + ", "
                + (reason == null ? (isFinished() ? "failed" : "running") : reason) + "]";
    }
}
