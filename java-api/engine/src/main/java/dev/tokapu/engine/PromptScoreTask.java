package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.LogitsReaders;
import dev.tokapu.engine.run.StepBatch;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.internal.text.LogProbabilities;
import dev.tokapu.internal.text.Pieces;
import dev.tokapu.text.TokenAlternatives;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/**
 * A prompt on its way to the log-probabilities of its tokens behind the first.
 *
 * <p>Thread safety: as {@link PromptTask}.
 */
final class PromptScoreTask extends PromptTask<List<TokenAlternatives>> {

    private final int[] tokens;
    private final int alternatives;
    private final Pieces pieces;
    private final LogitsReaders readers;
    private final AtomicReferenceArray<TokenAlternatives> scores;
    private final AtomicInteger missing;

    /** {@code tokens}: two or more. */
    PromptScoreTask(Entry entry, int[] tokens, int alternatives, LogitsReaders readers) {
        super(FinishedRequest.Operation.SCORE, entry, Arrays.copyOf(tokens, tokens.length - 1), 0, false);
        this.tokens = tokens;
        this.alternatives = alternatives;
        this.pieces = Pieces.of(entry.parts().vocab());
        this.readers = readers;
        this.scores = new AtomicReferenceArray<>(tokens.length - 1);
        this.missing = new AtomicInteger(tokens.length - 1);
    }

    @Override
    public boolean hasOutput(int position) {
        return true;
    }

    @Override
    void read(Context context, PlanEntry<EngineTask> entry, StepBatch batch) {
        for (int i = 0; i < entry.count(); i++) {
            int position = entry.from() + i;
            float[] logits = context.outputs().logits(batch.row(entry, i));
            readers.read(() -> read(logits, position));
        }
    }

    private void read(float[] logits, int position) {
        try {
            scores.set(position, LogProbabilities.of(logits, tokens[position + 1], alternatives, pieces::text));
            if (missing.decrementAndGet() == 0) {
                complete(IntStream.range(0, scores.length())
                        .mapToObj(scores::get)
                        .toList());
            }
        } catch (Throwable e) {
            fail(e);
        }
    }
}
