package dev.tokapu.engine;

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

    private final TaskCallbacks control;
    private final GenerateTask task;
    private final int branch;
    private final OutputText text;
    private final EngineExecutors executors;
    private final CompletableFuture<Answer> result = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean();
    private volatile List<Generation> siblings = List.of();
    private volatile long admitted;
    private volatile long promptRead;
    private volatile long firstToken;
    private volatile long latestToken;
    private volatile int chosen;
    private volatile int drafted;
    private volatile int accepted;
    private volatile long ended;

    Generation(GenerateTask task, int branch, TokenChannel channel, List<String> stops, EngineParts parts) {
        this.control = parts.control();
        this.task = task;
        this.branch = branch;
        this.executors = parts.executors();
        this.text = new OutputText(parts.vocab(), task.request, stops, channel, executors, new OutputText.Listener() {
            @Override
            public void stopped() {
                control.cancel(task, branch);
            }

            @Override
            public void ending(@Nullable FinishReason reason, @Nullable Throwable failure) {
                ended = System.nanoTime();
                control.ended(report(reason, failure));
            }

            @Override
            public void finished() {
                complete();
            }

            @Override
            public void interrupted() {
                cancel();
            }
        });
    }

    void siblings(List<Generation> all) {
        siblings = List.copyOf(all);
    }

    int branch() {
        return branch;
    }

    void admitted(long now) {
        admitted = now;
    }

    /** The engine's thread only, before {@link #tokenChosen}: how long it took is measured. */
    void chosenAt(long now, EngineMeter meter) {
        if (latestToken == 0) {
            promptRead = now;
            meter.firstToken.record(now - task.submitted);
        } else {
            meter.betweenTokens.record(now - latestToken);
        }
    }

    /** The engine's thread only. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void tokenChosen(long now) {
        if (firstToken == 0) {
            firstToken = now;
        }
        latestToken = now;
        chosen++;
    }

    /** The engine's thread only. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void speculated(int proposed, int right) {
        drafted += proposed;
        accepted += right;
    }

    void signal() {
        text.signal();
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
        Request request = task.request;
        return new FinishedRequest(
                task.id,
                branch,
                task.operation(),
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
        return task.request;
    }

    /**
     * All answers of its request, this one among them.
     *
     * @return as many as {@link Request#answers()}, in order
     */
    public List<Generation> answers() {
        return siblings;
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
        long start = task.submitted;
        long end = ended == 0 ? System.nanoTime() : ended;
        int gaps = chosen - 1;
        return new RequestTimings(
                Durations.between(start, admitted),
                Durations.between(admitted, promptRead),
                Durations.between(start, firstToken),
                Durations.between(start, end),
                gaps < 1 ? Duration.ZERO : Duration.ofNanos((latestToken - firstToken) / gaps));
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
            control.cancel(task, branch);
            // One that waits has its place until the scheduler has forgotten it.
            if (admitted != 0) {
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
        return new Usage(task.prompt.length, 0, text.tokenCount(), drafted, accepted);
    }

    @Override
    public Timings timings() {
        long promptNanos = promptRead == 0 ? 0 : promptRead - admitted;
        int later = Math.max(0, chosen - 1);
        return Timings.ofNanos(
                promptRead == 0 ? 0 : task.prompt.length,
                promptNanos,
                later,
                later == 0 ? 0 : latestToken - firstToken,
                firstToken == 0 ? 0 : firstToken - admitted);
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
        return "Generation[" + task.id + (task.answers().size() > 1 ? "/" + branch : "") + ", " + usage() + ", "
                + (reason == null ? (isFinished() ? "failed" : "running") : reason) + "]";
    }
}
