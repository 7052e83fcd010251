package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.StepBatch;
import dev.tokapu.engine.schedule.PlanEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A text that is embedded, as a whole or token by token: computed in one step, every token with an output.
 *
 * <p>Thread safety: as {@link PromptTask}.
 */
final class EmbedTask<R> extends PromptTask<R> {

    private final Reader<R> reader;

    /** Reads the result of the step. */
    private interface Reader<R> {
        R read(Context context, PlanEntry<EngineTask> entry, StepBatch batch);
    }

    private EmbedTask(Entry entry, int[] prompt, Reader<R> reader) {
        super(FinishedRequest.Operation.EMBEDDINGS, entry, prompt, prompt.length, true);
        this.reader = reader;
    }

    /** For the embedding of the text. */
    static EmbedTask<float[]> ofText(Entry taskEntry, int[] prompt, UnaryOperator<float[]> finish) {
        return new EmbedTask<>(
                taskEntry,
                prompt,
                (context, entry, batch) -> finish.apply(context.outputs().sequenceEmbeddings(entry.slot())));
    }

    /** For the embeddings of its tokens. */
    static EmbedTask<List<float[]>> ofTokens(Entry taskEntry, int[] prompt, UnaryOperator<float[]> finish) {
        return new EmbedTask<>(taskEntry, prompt, (context, entry, batch) -> {
            List<float[]> vectors = new ArrayList<>(entry.count());
            for (int i = 0; i < entry.count(); i++) {
                vectors.add(finish.apply(context.outputs().embeddings(batch.row(entry, i))));
            }
            return vectors;
        });
    }

    @Override
    public boolean hasOutput(int position) {
        return true;
    }

    @Override
    void read(Context context, PlanEntry<EngineTask> entry, StepBatch batch) {
        complete(reader.read(context, entry, batch));
    }
}
