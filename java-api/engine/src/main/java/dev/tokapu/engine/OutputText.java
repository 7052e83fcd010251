package dev.tokapu.engine;

import dev.tokapu.Vocab;
import dev.tokapu.engine.run.EngineExecutors;
import dev.tokapu.engine.run.StageThread;
import dev.tokapu.engine.run.TokenChannel;
import dev.tokapu.internal.text.IncrementalDetokenizer;
import dev.tokapu.internal.text.LogProbabilities;
import dev.tokapu.internal.text.StopMatcher;
import dev.tokapu.internal.text.StoppingCriteriaEvaluator;
import dev.tokapu.internal.util.IntList;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TokenAlternatives;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The text of one answer: made of tokens on a thread of the {@link EngineExecutors}, read by the user's thread.
 *
 * <p>Thread safety: safe.
 */
final class OutputText implements Runnable {

    /** Told on a thread of the text stage how the text comes to its end. */
    interface Listener {

        /** The text ended before the tokens did. */
        void stopped();

        /** Once: the end is known, and no reader can see it yet. What readers find counted is counted here. */
        void ending(@Nullable FinishReason reason, @Nullable Throwable failure);

        /** Once: readers see the end, there is nothing more to come. */
        void finished();

        /** On a reader's thread, perhaps several times: it was interrupted and wants no more. */
        void interrupted();
    }

    private final Vocab vocab;
    private final Request request;
    private final TokenChannel channel;
    private final EngineExecutors executors;
    private final Listener listener;
    private final AtomicInteger signals = new AtomicInteger();

    // Of the thread that makes text; run() is never inside twice, and the signals order its visits.
    private final IncrementalDetokenizer tokenText;
    private final StoppingCriteriaEvaluator criteria;
    private final IntList criteriaTokens = new IntList();
    private final StringBuilder released = new StringBuilder();
    private int consumed;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by the lock:
    private final StringBuilder ready = new StringBuilder();
    private final StringBuilder all = new StringBuilder();
    private final List<TokenAlternatives> alternatives = new ArrayList<>();
    private int textTokens;
    private volatile boolean cancelled;
    private @Nullable FinishReason reason;
    private @Nullable Throwable failure;

    OutputText(
            Vocab vocab,
            Request request,
            List<String> stops,
            TokenChannel channel,
            EngineExecutors executors,
            Listener listener) {
        this.vocab = vocab;
        this.request = request;
        this.channel = channel;
        this.executors = executors;
        this.listener = listener;
        this.criteria = new StoppingCriteriaEvaluator(request.stoppingCriteria(), criteriaTokens);
        this.tokenText = new IncrementalDetokenizer(
                (token, dst) -> vocab.piece(token, false, dst), new StopMatcher(stops), criteria);
        criteria.begin(System.nanoTime());
        channel.onChange(this::signal);
    }

    private boolean runsUserCode() {
        return !request.stoppingCriteria().isEmpty();
    }

    /** Any thread: the channel has something new. */
    private void signal() {
        if (signals.getAndIncrement() == 0) {
            try {
                executors.execute(this, runsUserCode());
            } catch (Throwable e) { // no thread is to be had
                fail(e);
                signals.set(0);
            }
        }
    }

    /** Any thread: ends the text without waiting for the engine's step. What the engine ended before keeps its end. */
    void cancel() {
        cancelled = true;
        signal();
    }

    @Override
    public void run() {
        int seen;
        do {
            seen = signals.get();
            try {
                drain();
            } catch (Throwable e) { // a criterion in Kotlin may throw anything
                fail(e);
            }
        } while (!signals.compareAndSet(seen, 0));
    }

    private void fail(Throwable cause) {
        try {
            finish(null, cause);
        } finally {
            listener.stopped();
        }
    }

    private void drain() {
        TokenChannel.Ending ending = channel.ending();
        int available = channel.published();
        while (consumed < available && !isEnded() && (!cancelled || ending != null)) {
            consume(consumed++);
        }
        if (ending != null && !isEnded()) {
            finish(ending.reason(), ending.failure());
        } else if (cancelled && !isEnded()) {
            finish(FinishReason.CANCELLED, null);
        }
    }

    private void consume(int index) {
        int token = channel.token(index);
        boolean stopped = tokenText.append(token, released);
        TokenAlternatives alternative = null;
        float[] logits = channel.takeLogits();
        if (logits != null) {
            alternative = LogProbabilities.of(logits, token, request.logProbabilities(), this::text);
        }
        publish(alternative);
        FinishReason early = stopped ? FinishReason.STOP_TEXT : null;
        if (early == null && runsUserCode()) {
            criteriaTokens.add(token);
            early = anyMet() ? FinishReason.STOP_CRITERION : null;
        }
        if (early != null) {
            finish(early, null);
            listener.stopped();
        }
    }

    private boolean anyMet() {
        boolean before = StageThread.userCodeBegins();
        try {
            return criteria.anyMet();
        } finally {
            StageThread.userCodeEnds(before);
        }
    }

    private String text(int token) {
        return new String(vocab.piece(token, true), StandardCharsets.UTF_8);
    }

    private void publish(@Nullable TokenAlternatives alternative) {
        lock.lock();
        try {
            textTokens = consumed;
            if (alternative != null) {
                alternatives.add(alternative);
            }
            release();
            changed.signalAll(); // for who waits for tokens
        } finally {
            lock.unlock();
        }
    }

    private void release() {
        if (released.length() > 0) {
            ready.append(released);
            all.append(released);
            released.setLength(0);
        }
    }

    private void finish(@Nullable FinishReason why, @Nullable Throwable cause) {
        if (isEnded()) {
            return;
        }
        if (why != FinishReason.STOP_TEXT) {
            tokenText.finish(released);
        }
        try {
            listener.ending(why, cause);
        } finally {
            show(why, cause);
            channel.dropLogits();
            listener.finished();
        }
    }

    private void show(@Nullable FinishReason why, @Nullable Throwable cause) {
        lock.lock();
        try {
            release();
            reason = why;
            failure = cause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isEnded() {
        lock.lock();
        try {
            return reason != null || failure != null;
        } finally {
            lock.unlock();
        }
    }

    /** The next piece of text, null at the end; waits. */
    @Nullable
    String take() {
        boolean interrupted = false;
        lock.lock();
        try {
            while (ready.length() == 0 && reason == null && failure == null) {
                interrupted = awaitChange(interrupted);
            }
            if (ready.length() > 0) {
                String text = ready.toString();
                ready.setLength(0);
                return text;
            }
            if (failure != null) {
                throw rethrown(failure);
            }
            return null;
        } finally {
            lock.unlock();
            keep(interrupted);
        }
    }

    /** Waits, with the lock. The first interrupt is told; what comes of it is waited for. Whether there was one. */
    @SuppressWarnings("WaitNotInLoop") // the callers loop
    private boolean awaitChange(boolean interrupted) {
        if (interrupted) {
            changed.awaitUninterruptibly();
            return true;
        }
        try {
            changed.await();
            return false;
        } catch (InterruptedException e) {
            lock.unlock();
            try {
                listener.interrupted();
            } finally {
                lock.lock();
            }
            return true;
        }
    }

    private static void keep(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static RuntimeException rethrown(Throwable failure) {
        return new GenerationException("the generation failed: " + failure.getMessage(), failure);
    }

    /** Waits for the end. */
    boolean await(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (reason == null && failure == null) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a token; false when the text ended before it. */
    boolean awaitToken(int index) {
        boolean interrupted = false;
        lock.lock();
        try {
            while (textTokens <= index && reason == null && failure == null) {
                interrupted = awaitChange(interrupted);
            }
            return textTokens > index;
        } finally {
            lock.unlock();
            keep(interrupted);
        }
    }

    int token(int index) {
        return channel.token(index);
    }

    TokenAlternatives alternatives(int index) {
        lock.lock();
        try {
            return alternatives.get(index);
        } finally {
            lock.unlock();
        }
    }

    String textSoFar() {
        lock.lock();
        try {
            return all.toString();
        } finally {
            lock.unlock();
        }
    }

    int tokenCount() {
        lock.lock();
        try {
            return textTokens;
        } finally {
            lock.unlock();
        }
    }

    int[] tokens() {
        int[] tokens = new int[tokenCount()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = channel.token(i);
        }
        return tokens;
    }

    List<TokenAlternatives> alternatives() {
        lock.lock();
        try {
            return List.copyOf(alternatives);
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    FinishReason reason() {
        lock.lock();
        try {
            return reason;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Throwable failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }
}
