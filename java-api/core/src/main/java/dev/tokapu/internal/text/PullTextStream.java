package dev.tokapu.internal.text;

import dev.tokapu.internal.util.IntList;
import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Timings;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.Usage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private final StreamSettings settings;
    private final IncrementalDetokenizer text;
    private final List<TokenAlternatives> alternatives = new ArrayList<>();
    private final Consumer<PullTextStream> onEnd;
    private final StringBuilder ready = new StringBuilder();
    private final StringBuilder all = new StringBuilder();
    private final IntList tokens = new IntList();
    private final StoppingCriteriaEvaluator criteria;
    private byte @Nullable [] half;
    private final AtomicBoolean taken = new AtomicBoolean();
    private volatile boolean cancelled;
    private volatile @Nullable FinishReason reason;
    private volatile @Nullable Throwable failure;
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
     * @param settings when it ends and what it tells of its tokens
     * @param onEnd called once when it ends, for whatever reason
     */
    public PullTextStream(
            TokenSource source, ThreadGuard guard, StreamSettings settings, Consumer<PullTextStream> onEnd) {
        this(source, guard, settings, null, onEnd);
    }

    /**
     * Creates a stream whose text may go on later: where it is cut off inside a character, that character is left to what follows.
     *
     * @param source where the tokens come from
     * @param guard lets one thread at a time in
     * @param settings when it ends and what it tells of its tokens
     * @param half the bytes of the character that the text before ended in; null when nothing will follow
     * @param onEnd called once when it ends, for whatever reason
     */
    public PullTextStream(
            TokenSource source,
            ThreadGuard guard,
            StreamSettings settings,
            byte @Nullable [] half,
            Consumer<PullTextStream> onEnd) {
        this.source = source;
        this.guard = guard;
        this.settings = settings;
        this.criteria = new StoppingCriteriaEvaluator(source.watchesItself() ? List.of() : settings.criteria(), tokens);
        this.text = new IncrementalDetokenizer(source::piece, new StopMatcher(settings.stops()), criteria);
        this.onEnd = onEnd;
        this.half = half;
        if (half != null) {
            text.goOn(half);
        }
    }

    @Override
    public @Nullable String pull() {
        guard.enter();
        try {
            while (ready.length() == 0 && !isEnded()) {
                step();
            }
            if (ready.length() == 0) {
                Throwable cause = failure;
                if (cause != null) {
                    throw new IllegalStateException("the stream failed before: " + cause.getMessage(), cause);
                }
                return null;
            }
            String text = ready.toString();
            ready.setLength(0);
            return text;
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
        criteria.begin(begin);
        if (settings.logProbabilities() > 0) {
            source.keepLogits();
        }
        TokenSource.Step step = readPrompt(begin);
        promptNanos = System.nanoTime() - begin;
        if (step != TokenSource.Step.OK) {
            end(reasonOf(step));
        } else if (settings.maxTokens() == 0) {
            end(FinishReason.MAX_TOKENS);
        }
    }

    private TokenSource.Step readPrompt(long begin) {
        if (source.watchesItself()) {
            return source.start();
        }
        deadline = StoppingCriteriaEvaluator.deadline(settings.criteria(), begin);
        if (deadline != Long.MAX_VALUE) {
            source.hurry();
        }
        return PromptWatch.start(source, deadline);
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
        if (source.isEnd(token)) {
            end(FinishReason.STOP_TOKEN);
            return;
        }
        tokens.add(token);
        if (settings.logProbabilities() > 0) {
            alternatives.add(source.alternatives(token, settings.logProbabilities()));
        }
        if (append(token)) {
            end(FinishReason.STOP_TEXT);
        } else if (criteria.anyMet()) {
            end(FinishReason.STOP_CRITERION);
        } else if (tokens.size() >= settings.maxTokens()) {
            end(FinishReason.MAX_TOKENS);
        }
    }

    private static FinishReason reasonOf(TokenSource.Step step) {
        return switch (step) {
            case FULL -> FinishReason.CONTEXT_FULL;
            case MET -> FinishReason.STOP_CRITERION;
            case LATE -> FinishReason.DEADLINE;
            default -> FinishReason.CANCELLED;
        };
    }

    /** Adds a token's text; whether it completed a stop string. */
    private boolean append(int token) {
        int before = ready.length();
        boolean stopped = text.append(token, ready);
        all.append(ready, before, ready.length());
        return stopped;
    }

    private void end(FinishReason why) {
        if (isEnded()) {
            return;
        }
        if (why != FinishReason.STOP_TEXT) {
            int before = ready.length();
            if (half != null && isBetweenTokens(why)) {
                half = text.suspend(ready);
            } else {
                text.finish(ready);
            }
            all.append(ready, before, ready.length());
        }
        reason = why;
        onEnd.accept(this);
    }

    private void fail(Throwable cause) {
        if (!isEnded()) {
            failure = cause;
            onEnd.accept(this);
        }
    }

    private boolean isEnded() {
        return reason != null || failure != null;
    }

    private void take() {
        if (!taken.compareAndSet(false, true)) {
            throw new IllegalStateException("this stream is being read already; it can be read once,"
                    + " text() returns the whole text as often as you like");
        }
    }

    @Override
    public Iterator<String> iterator() {
        take();
        return new TextIterator(this);
    }

    @Override
    public Stream<String> stream() {
        return TextIterator.stream(iterator(), this::close);
    }

    @Override
    public Flow.Publisher<String> publisher() {
        take();
        return new StreamPublisher(this);
    }

    @Override
    public String text() {
        String text = pull();
        while (text != null) {
            text = pull();
        }
        return all.toString();
    }

    /**
     * The text so far.
     *
     * @return what was released to the reader or is about to be
     */
    public String textSoFar() {
        return all.toString();
    }

    /**
     * Whether its text is exactly that of its tokens, so that the model can go on from there.
     *
     * @return false when the model or a stop text ended it, and while it runs
     */
    public boolean endedBetweenTokens() {
        return isBetweenTokens(reason);
    }

    /**
     * The character that the text was cut off in.
     *
     * @return its bytes so far, mostly none
     */
    public byte[] half() {
        byte[] bytes = half;
        return bytes == null ? new byte[0] : bytes.clone();
    }

    private static boolean isBetweenTokens(@Nullable FinishReason why) {
        return why == FinishReason.MAX_TOKENS
                || why == FinishReason.CONTEXT_FULL
                || why == FinishReason.CANCELLED
                || why == FinishReason.DEADLINE;
    }

    /**
     * Whether the text came to an end of its own.
     *
     * @return false while it runs, and when it failed, was cancelled, came too late or had no time for its first token
     */
    public boolean isComplete() {
        FinishReason why = reason;
        boolean begun = why != FinishReason.STOP_CRITERION || tokens.size() > 0;
        return why != null && why != FinishReason.CANCELLED && why != FinishReason.DEADLINE && begun;
    }

    @Override
    public void cancel() {
        cancelled = true;
        if (!isEnded()) {
            source.abort();
        }
    }

    @Override
    public void close() {
        cancel();
        if (!isEnded() && guard.tryEnter()) {
            try {
                end(FinishReason.CANCELLED);
            } finally {
                guard.leave();
            }
        }
    }

    @Override
    public boolean isFinished() {
        return isEnded();
    }

    @Override
    public FinishReason finishReason() {
        FinishReason why = reason;
        if (why == null) {
            throw new IllegalStateException(
                    failure == null
                            ? "the stream has not ended yet; read it to its end or close it first"
                            : "the stream failed and has no finish reason",
                    failure);
        }
        return why;
    }

    @Override
    public Usage usage() {
        int accepted = source.acceptedTokens(); // before what was drafted, which grows first
        return new Usage(source.promptTokens(), source.cachedTokens(), tokens.size(), source.draftedTokens(), accepted);
    }

    @Override
    public Timings timings() {
        int promptTokens = started ? source.promptTokens() - source.cachedTokens() : 0;
        return Timings.ofNanos(promptTokens, promptNanos, decodedTokens, generationNanos, firstTokenNanos);
    }

    @Override
    public int[] tokens() {
        return tokens.toArray();
    }

    @Override
    public List<TokenAlternatives> logProbabilities() {
        return List.copyOf(alternatives);
    }

    @Override
    public String toString() {
        return "TextStream[" + usage() + ", " + (isEnded() ? reason : "running") + "]";
    }
}
