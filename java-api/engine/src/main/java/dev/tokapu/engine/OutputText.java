package dev.tokapu.engine;

import dev.tokapu.Vocab;
import dev.tokapu.engine.run.EngineExecutors;
import dev.tokapu.engine.run.StageThread;
import dev.tokapu.engine.run.TokenChannel;
import dev.tokapu.internal.text.AnswerText;
import dev.tokapu.internal.text.Pieces;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TokenPrompt;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the text of one answer on a thread of the {@link EngineExecutors}, of tokens that another thread brings.
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
    }

    private static final Logger LOG = LoggerFactory.getLogger(OutputText.class);

    final AnswerText text;
    private final boolean runsUserCode;
    private final TokenChannel channel;
    private final EngineExecutors executors;
    private final Listener listener;
    private final AtomicInteger signals = new AtomicInteger();
    private int consumed; // run() is never inside twice, and the signals order its visits
    private volatile boolean cancelled;
    private volatile @Nullable Runnable progress;

    OutputText(
            Vocab vocab,
            GenerationOptions options,
            TokenPrompt prompt,
            TokenChannel channel,
            EngineExecutors executors,
            Listener listener) {
        this.text = new AnswerText(Pieces.of(vocab, prompt.shownTokens()), options, prompt.cutCharacter());
        this.runsUserCode = !options.stoppingCriteria().isEmpty();
        this.channel = channel;
        this.executors = executors;
        this.listener = listener;
        text.begin(System.nanoTime());
        channel.onChange(this::signal);
    }

    /** Any thread: the channel has something new. */
    private void signal() {
        if (signals.getAndIncrement() == 0) {
            try {
                executors.execute(this, runsUserCode);
            } catch (Throwable e) { // no thread is to be had
                fail(e);
                tellProgress();
                signals.set(0);
            }
        }
    }

    /** Any thread: ends the text without waiting for the engine's step. What the engine ended before keeps its end. */
    void cancel() {
        cancelled = true;
        signal();
    }

    /** Any thread: sets what is run when readers have something new, and runs it. */
    void onProgress(Runnable action) {
        progress = action;
        tellProgress();
    }

    private void tellProgress() {
        Runnable action = progress;
        if (action != null) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.warn("What is run when there is more text has failed: {}", e.toString(), e);
            }
        }
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
            tellProgress();
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
        while (consumed < available && !text.isEnded() && (!cancelled || ending != null)) {
            consume(consumed++);
        }
        if (ending != null && !text.isEnded()) {
            finish(ending.reason(), ending.failure());
        } else if (cancelled && !text.isEnded()) {
            finish(FinishReason.CANCELLED, null);
        }
    }

    private void consume(int index) {
        FinishReason early = null;
        if (text.add(channel.token(index), channel.takeLogits())) {
            early = FinishReason.STOP_TEXT;
        } else if (runsUserCode && anyCriterionMet()) {
            early = FinishReason.STOP_CRITERION;
        }
        if (early != null) {
            finish(early, null);
            listener.stopped();
        }
    }

    private boolean anyCriterionMet() {
        boolean before = StageThread.userCodeBegins();
        try {
            return text.anyCriterionMet();
        } finally {
            StageThread.userCodeEnds(before);
        }
    }

    private void finish(@Nullable FinishReason why, @Nullable Throwable cause) {
        if (text.isEnded()) {
            return;
        }
        text.flush(why);
        try {
            listener.ending(why, cause);
        } finally {
            text.end(why, cause);
            channel.dropLogits();
            listener.finished();
        }
    }
}
