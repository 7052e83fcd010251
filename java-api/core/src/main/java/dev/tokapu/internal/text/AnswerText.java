package dev.tokapu.internal.text;

import dev.tokapu.internal.util.IntList;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TokenAlternatives;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The way from the tokens of an answer to its text: characters, stop strings, criteria, log-probabilities, and how it ended. Who
 * brings the tokens, and when, is up to others.
 *
 * <p>Thread safety: one thread at a time writes, any may read.
 */
public final class AnswerText {

    private final Pieces pieces;
    private final GenerationOptions options;
    private final IncrementalDetokenizer detokenizer;
    private final StoppingCriteriaEvaluator criteria;
    private final boolean goesOn;
    private final StringBuilder released = new StringBuilder();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Written with the lock:
    private final IntList tokens = new IntList();
    private final StringBuilder ready = new StringBuilder();
    private final StringBuilder all = new StringBuilder();
    private final List<TokenAlternatives> alternatives = new ArrayList<>();
    private volatile @Nullable FinishReason reason;
    private volatile @Nullable Throwable failure;

    /** Nothing yet. It begins with the bytes of the character that the text before was cut off in; null when it does not go on later. */
    public AnswerText(Pieces pieces, GenerationOptions options, byte @Nullable [] cut) {
        this.pieces = pieces;
        this.options = options;
        this.criteria = new StoppingCriteriaEvaluator(options.stoppingCriteria(), tokens);
        this.detokenizer = new IncrementalDetokenizer(pieces, new StopMatcher(options.stops()), criteria);
        this.goesOn = cut != null;
        if (cut != null) {
            detokenizer.goOn(cut);
        }
    }

    /** Writer: tells when the generation began. */
    public void begin(long nanoTime) {
        criteria.begin(nanoTime);
    }

    /** Writer: a further token, with its logits where log-probabilities are wanted; whether a stop string is complete, which ends the text. */
    public boolean add(int token, float @Nullable [] logits) {
        boolean stopped = detokenizer.append(token, released);
        TokenAlternatives report =
                logits == null ? null : LogProbabilities.of(logits, token, options.logProbabilities(), pieces::text);
        lock.lock();
        try {
            tokens.add(token);
            if (report != null) {
                alternatives.add(report);
            }
            release();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return stopped;
    }

    /** Writer: asks the criteria, which are users' code; whether one of them ends the text. */
    public boolean anyCriterionMet() {
        return criteria.anyMet();
    }

    /** Writer: there are no more tokens; readers do not see that before {@link #end}. No reason when it failed. */
    public void flush(@Nullable FinishReason why) {
        if (why != null && why != FinishReason.STOP_TEXT) {
            if (goesOn && why.isCutOff()) {
                detokenizer.suspend(released);
            } else {
                detokenizer.finish(released);
            }
        }
    }

    /** Writer: shows readers the end: its reason, or the cause when it failed. */
    public void end(@Nullable FinishReason why, @Nullable Throwable cause) {
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

    private void release() {
        if (released.length() > 0) {
            ready.append(released);
            all.append(released);
            released.setLength(0);
        }
    }

    /** Whether the end is there; text may still wait to be read. */
    public boolean isEnded() {
        return reason != null || failure != null;
    }

    /** Why it ended; null before the end, and when it failed. */
    public @Nullable FinishReason reason() {
        return reason;
    }

    /** Why it ended, or an exception. */
    public FinishReason finishReason() {
        FinishReason why = reason;
        if (why == null) {
            Throwable cause = failure;
            throw new IllegalStateException(
                    cause == null
                            ? "the text has not ended yet; read it to its end or close it first"
                            : "the text failed and has no finish reason",
                    cause);
        }
        return why;
    }

    /** Why it failed; null when it did not. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /** Takes the next piece that is there; null when there is none. */
    public @Nullable String poll() {
        lock.lock();
        try {
            if (ready.length() == 0) {
                return null;
            }
            String text = ready.toString();
            ready.setLength(0);
            return text;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the next piece, and waits for it; null at the end. The first interrupt runs the action, and stays. */
    public @Nullable String take(Runnable interrupted) {
        boolean wasInterrupted = false;
        lock.lock();
        try {
            while (ready.length() == 0 && !isEnded()) {
                wasInterrupted = awaitChange(wasInterrupted, interrupted);
            }
            return poll();
        } finally {
            lock.unlock();
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits, with the lock. The first interrupt is told. Whether there was one. */
    @SuppressWarnings("WaitNotInLoop") // the caller loops
    private boolean awaitChange(boolean wasInterrupted, Runnable interrupted) {
        if (wasInterrupted) {
            changed.awaitUninterruptibly();
            return true;
        }
        try {
            changed.await();
            return false;
        } catch (InterruptedException e) {
            lock.unlock();
            try {
                interrupted.run();
            } finally {
                lock.lock();
            }
            return true;
        }
    }

    /** Waits for the end; whether it is there. */
    public boolean awaitEnd(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!isEnded()) {
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

    /** The text so far. */
    public String textSoFar() {
        lock.lock();
        try {
            return all.toString();
        } finally {
            lock.unlock();
        }
    }

    /** How many tokens there are. */
    public int tokenCount() {
        lock.lock();
        try {
            return tokens.size();
        } finally {
            lock.unlock();
        }
    }

    /** The tokens from one of them on. */
    public int[] tokens(int from) {
        lock.lock();
        try {
            return tokens.toArray(Math.min(from, tokens.size()), tokens.size());
        } finally {
            lock.unlock();
        }
    }

    /** The reports on the tokens from one of them on, if they are wanted. */
    public List<TokenAlternatives> alternatives(int from) {
        lock.lock();
        try {
            return List.copyOf(alternatives.subList(Math.min(from, alternatives.size()), alternatives.size()));
        } finally {
            lock.unlock();
        }
    }
}
