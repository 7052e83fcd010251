package dev.tokapu.engine;

import dev.tokapu.engine.run.EngineExecutors;
import dev.tokapu.engine.run.TokenChannel;
import dev.tokapu.internal.text.StreamPublisher;
import dev.tokapu.internal.text.TextIterator;
import dev.tokapu.internal.text.TextReader;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An answer that an {@link Engine} generates, read as a stream, waited for as a whole, or received as a {@link #result() future}.
 *
 * <p>Unlike a {@link dev.tokapu.completion.Completion}, it is generated whether or not it is read; unread text waits here. Cancel or close it
 * when the answer is no longer needed. Waiting does not pin virtual threads.
 *
 * <p>Thread safety: safe, except the iterator, which is confined to one thread.
 *
 * @since 0.1
 */
public final class Generation implements TextStream {

    /**
     * What all answers of a request have in common.
     *
     * @param answers the list of them, to be complete before a user sees one
     */
    record Origin(
            long id,
            Request request,
            FinishedRequest.Operation operation,
            int promptTokens,
            long submitted,
            List<Generation> answers) {}

    private final Origin origin;
    private final int branch;
    private final TokenChannel channel;
    private final Runnable cancel;
    private final OutputText text;
    private final EngineExecutors executors;
    private final CompletableFuture<Answer> result = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean();
    private volatile long ended;

    /** The next answer of a request. */
    Generation(Origin origin, TokenChannel channel, Runnable cancel, List<String> stops, EngineParts parts) {
        this.origin = origin;
        this.branch = origin.answers().size();
        this.channel = channel;
        this.cancel = cancel;
        this.executors = parts.executors();
        OutputText.Listener listener = new OutputText.Listener() {
            @Override
            public void stopped() {
                cancel.run();
            }

            @Override
            public void ending(@Nullable FinishReason reason, @Nullable Throwable failure) {
                ended = System.nanoTime();
                parts.control().ended(report(reason, failure));
            }

            @Override
            public void finished() {
                complete();
            }

            @Override
            public void interrupted() {
                cancel();
            }
        };
        this.text = new OutputText(parts.vocab(), origin.request(), stops, channel, executors, listener);
    }

    private void complete() {
        executors.complete(result, () -> {
            Throwable failure = text.failure();
            if (failure == null) {
                result.complete(answer());
            } else {
                result.completeExceptionally(OutputText.rethrown(failure));
            }
        });
    }

    private FinishedRequest report(@Nullable FinishReason reason, @Nullable Throwable failure) {
        Request request = origin.request();
        return new FinishedRequest(
                origin.id(),
                branch,
                origin.operation(),
                request.tenant(),
                request.priority(),
                usage(),
                reason,
                failure,
                requestTimings());
    }

    private Answer answer() {
        return new Answer(text.textSoFar(), finishReason(), usage(), requestTimings(), logProbabilities());
    }

    /**
     * The request that it answers.
     *
     * @return the request
     */
    public Request request() {
        return origin.request();
    }

    /**
     * All answers of its request, this one among them.
     *
     * @return as many as {@link Request#answers()}, in order
     */
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

    /**
     * Where the time went, so far.
     *
     * @return durations
     */
    public RequestTimings requestTimings() {
        long start = origin.submitted();
        long end = ended == 0 ? System.nanoTime() : ended;
        int gaps = channel.chosen() - 1;
        return new RequestTimings(
                Durations.between(start, channel.admittedAt()),
                Durations.between(channel.admittedAt(), channel.firstToken()),
                Durations.between(start, channel.firstToken()),
                Durations.between(start, end),
                gaps < 1 ? Duration.ZERO : Duration.ofNanos((channel.latestToken() - channel.firstToken()) / gaps));
    }

    private TextReader reader() {
        if (!taken.compareAndSet(false, true)) {
            throw new IllegalStateException("this generation is being read already; it can be read once,"
                    + " text() returns the whole text as often as you like");
        }
        return new TextReader() {
            @Override
            public @Nullable String pull() {
                return text.take();
            }

            @Override
            public void cancel() {
                Generation.this.cancel();
            }

            @Override
            public boolean isFinished() {
                return Generation.this.isFinished();
            }

            @Override
            public void close() {
                Generation.this.close();
            }
        };
    }

    @Override
    public Iterator<String> iterator() {
        return new TextIterator(reader());
    }

    @Override
    public Stream<String> stream() {
        return TextIterator.stream(iterator(), this::close);
    }

    @Override
    public Flow.Publisher<String> publisher() {
        return new StreamPublisher(reader());
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
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (text.await(Long.MAX_VALUE)) {
                        break;
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                    cancel();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        Throwable failure = text.failure();
        if (failure != null) {
            throw OutputText.rethrown(failure);
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
        return text.await(Durations.of(most));
    }

    /**
     * The text so far.
     *
     * @return what was released to the reader or is about to be
     */
    public String textSoFar() {
        return text.textSoFar();
    }

    /** Ends it, and the engine drops it within a step; what there is of the text stays. Any thread. */
    @Override
    public void cancel() {
        if (!isFinished()) {
            cancel.run();
            // One that waits has its place until the scheduler has forgotten it.
            if (channel.admittedAt() != 0) {
                text.cancel();
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
        FinishReason reason = text.reason();
        if (reason == null) {
            Throwable failure = text.failure();
            throw new IllegalStateException(
                    failure == null
                            ? "the generation has not ended yet; wait for it or cancel it first"
                            : "the generation failed and has no finish reason",
                    failure);
        }
        return reason;
    }

    /** Waits for a token; false when the generation ended before it. */
    boolean awaitToken(int index) {
        return text.awaitToken(index);
    }

    /** A token that is there. */
    int token(int index) {
        return text.token(index);
    }

    /** The report on a token that is there. */
    TokenAlternatives alternatives(int index) {
        return text.alternatives(index);
    }

    @Override
    public Usage usage() {
        return new Usage(origin.promptTokens(), 0, text.tokenCount(), channel.drafted(), channel.accepted());
    }

    @Override
    public Timings timings() {
        long firstToken = channel.firstToken();
        long promptNanos = firstToken == 0 ? 0 : firstToken - channel.admittedAt();
        int later = Math.max(0, channel.chosen() - 1);
        return Timings.ofNanos(
                firstToken == 0 ? 0 : origin.promptTokens(),
                promptNanos,
                later,
                later == 0 ? 0 : channel.latestToken() - firstToken,
                promptNanos);
    }

    @Override
    public int[] tokens() {
        return text.tokens();
    }

    @Override
    public List<TokenAlternatives> logProbabilities() {
        return text.alternatives();
    }

    @Override
    public String toString() {
        FinishReason reason = text.reason();
        return "Generation[" + origin.id() + (origin.answers().size() > 1 ? "/" + branch : "") + ", " + usage() + ", "
                + (reason == null ? (isFinished() ? "failed" : "running") : reason) + "]";
    }
}
