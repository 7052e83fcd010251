package dev.tokapu.internal.text;

import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
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
 * The text of a {@link TokenSource}, decoded when it is asked for and on the thread that asks.
 *
 * <p>Thread safety: confined, but for {@link #cancel} and {@link #close}.
 */
public final class PullTextStream implements TextStream, TextReader {

    private final TokenSource source;
    private final ThreadGuard guard;
    private final GenerationOptions options;
    private final AnswerText text;
    private final OnceReadable reading = new OnceReadable(this);
    private final Consumer<PullTextStream> onEnd;
    private volatile boolean cancelled;
    private boolean started;
    private int last = -1;
    private long deadline = Long.MAX_VALUE;
    private long promptNanos;
    private long generationNanos;
    private long firstTokenNanos;
    private int decodedTokens;

    /**
     * Creates a stream that has done nothing yet.
     *
     * @param source where the tokens come from
     * @param guard lets one thread at a time in
     * @param options when it ends and what it tells of its tokens
     * @param cut the bytes of the character that the text before ended in; null when the text does not go on later
     * @param onEnd called once when it ends, for whatever reason
     */
    public PullTextStream(
            TokenSource source,
            ThreadGuard guard,
            GenerationOptions options,
            byte @Nullable [] cut,
            Consumer<PullTextStream> onEnd) {
        this.source = source;
        this.guard = guard;
        this.options = options;
        this.text = new AnswerText(source, options, cut);
        this.onEnd = onEnd;
    }

    @Override
    public @Nullable String pull() {
        guard.enter();
        try {
            String piece = text.poll();
            while (piece == null && !text.isEnded()) {
                step();
                piece = text.poll();
            }
            Throwable cause = text.failure();
            if (piece == null && cause != null) {
                throw new IllegalStateException("the stream failed before: " + cause.getMessage(), cause);
            }
            return piece;
        } catch (Throwable e) {
            fail(e);
            throw e;
        } finally {
            guard.leave();
        }
    }

    private void step() {
        if (cancelled || Thread.currentThread().isInterrupted()) {
            end(FinishReason.CANCELLED);
        } else if (!started) {
            started = true;
            start();
        } else {
            generate();
        }
    }

    private void start() {
        long begin = System.nanoTime();
        text.begin(begin);
        if (options.logProbabilities() > 0) {
            source.keepLogits();
        }
        deadline = StoppingCriteriaEvaluator.deadline(options.stoppingCriteria(), begin);
        if (deadline != Long.MAX_VALUE) {
            source.hurry();
        }
        Thread reader = Thread.currentThread();
        TokenSource.Step step = CallWatch.during(() -> look(reader), source::start);
        promptNanos = System.nanoTime() - begin;
        if (step != TokenSource.Step.OK) {
            end(reasonOf(step));
        } else if (options.maxTokens() == 0) {
            end(FinishReason.MAX_TOKENS);
        }
    }

    /** While the prompt is prefilled. */
    private void look(Thread reader) {
        if (reader.isInterrupted()) {
            source.abort();
        } else if (System.nanoTime() >= deadline) {
            source.expire();
        }
    }

    private void generate() {
        long begin = System.nanoTime();
        if (begin >= deadline) {
            end(FinishReason.STOP_CRITERION);
            return;
        }
        if (last >= 0) {
            TokenSource.Step step = source.advance(last);
            if (step != TokenSource.Step.OK) {
                end(reasonOf(step));
                return;
            }
            decodedTokens++;
        }
        int token = source.next();
        long nanos = System.nanoTime() - begin;
        generationNanos += nanos;
        if (last < 0) {
            firstTokenNanos = promptNanos + nanos;
        }
        last = token;
        if (source.isEnd(token) && !options.ignoreEnd()) {
            end(FinishReason.STOP_TOKEN);
        } else if (text.add(token, options.logProbabilities() > 0 ? source.logits() : null)) {
            end(FinishReason.STOP_TEXT);
        } else if (text.anyCriterionMet()) {
            end(FinishReason.STOP_CRITERION);
        } else if (text.tokenCount() >= options.maxTokens()) {
            end(FinishReason.MAX_TOKENS);
        }
    }

    private static FinishReason reasonOf(TokenSource.Step step) {
        return switch (step) {
            case FULL -> FinishReason.CONTEXT_FULL;
            case MET -> FinishReason.STOP_CRITERION;
            default -> FinishReason.CANCELLED;
        };
    }

    private void end(FinishReason why) {
        if (!text.isEnded()) {
            text.flush(why);
            text.end(why, null);
            onEnd.accept(this);
        }
    }

    private void fail(Throwable cause) {
        if (!text.isEnded()) {
            text.end(null, cause);
            onEnd.accept(this);
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
    public String text() {
        String piece = pull();
        while (piece != null) {
            piece = pull();
        }
        return text.textSoFar();
    }

    @Override
    public String textSoFar() {
        return text.textSoFar();
    }

    @Override
    public void endReasoning() {
        source.endReasoning();
    }

    @Override
    public void cancel() {
        cancelled = true;
        if (!text.isEnded()) {
            source.abort();
        }
    }

    @Override
    public void close() {
        cancel();
        if (!text.isEnded() && guard.tryEnter()) {
            try {
                end(FinishReason.CANCELLED);
            } finally {
                guard.leave();
            }
        }
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
        return new Usage(source.promptTokens(), source.cachedTokens(), text.tokenCount());
    }

    @Override
    public Timings timings() {
        int promptTokens = started ? source.promptTokens() - source.cachedTokens() : 0;
        return Timings.ofNanos(promptTokens, promptNanos, decodedTokens, generationNanos, firstTokenNanos);
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
        return "TextStream[" + usage() + ", " + (text.isEnded() ? text.reason() : "running") + "]";
    }
}
