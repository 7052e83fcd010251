package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.LogitsReaders;
import dev.tokapu.engine.run.StepBatch;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.internal.text.ScoredText;
import dev.tokapu.internal.util.LogSoftmax;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A text being scored. The last token predicts nothing that counts and is not computed.
 *
 * <p>Thread safety: as {@link PromptTask}; the rows of the logits are read on threads of the text stage.
 */
final class ScoreTask extends PromptTask<ScoredContinuation> {

    private final ScoredText text;
    private final String continuation;
    private final LogitsReaders readers;
    private final double[] logProbabilities;
    private final AtomicBoolean greedy = new AtomicBoolean(true);
    private final AtomicInteger missing;

    ScoreTask(Entry entry, ScoredText text, String continuation, LogitsReaders readers) {
        super(
                FinishedRequest.Operation.SCORE,
                entry,
                Arrays.copyOf(text.tokens(), text.tokens().length - 1),
                text.common() - 1,
                false);
        this.text = text;
        this.continuation = continuation;
        this.readers = readers;
        this.logProbabilities = new double[text.tokens().length - text.common()];
        this.missing = new AtomicInteger(logProbabilities.length);
    }

    @Override
    public boolean hasOutput(int position) {
        return position >= text.common() - 1;
    }

    @Override
    void read(Context context, PlanEntry<EngineTask> entry, StepBatch batch) {
        for (int i = 0; i < entry.count(); i++) {
            int position = entry.from() + i;
            if (hasOutput(position)) {
                float[] logits = context.outputs().logits(batch.row(entry, i));
                readers.read(() -> read(logits, position + 1));
            }
        }
    }

    private void read(float[] logits, int position) {
        try {
            LogSoftmax softmax = new LogSoftmax(logits);
            int token = text.tokens()[position];
            logProbabilities[position - text.common()] = softmax.of(token);
            if (!softmax.isLargest(token)) {
                greedy.set(false);
            }
            if (missing.decrementAndGet() == 0) {
                int[] own = Arrays.copyOfRange(text.tokens(), text.common(), text.tokens().length);
                complete(new ScoredContinuation(continuation, own, logProbabilities, greedy.get()));
            }
        } catch (Throwable e) {
            fail(e);
        }
    }
}
