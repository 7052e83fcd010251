package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.StepBatch;
import dev.tokapu.engine.schedule.PlanEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * A text on its way to the embeddings of its tokens: computed in one step, every token with an output.
 *
 * <p>Thread safety: as {@link PromptTask}.
 */
final class TokenEmbedTask extends PromptTask<List<float[]>> {

    private final boolean normalized;

    TokenEmbedTask(Entry entry, int[] prompt, boolean normalized) {
        super(FinishedRequest.Operation.EMBEDDINGS, entry, prompt, prompt.length, true);
        this.normalized = normalized;
    }

    @Override
    public boolean hasOutput(int position) {
        return true;
    }

    @Override
    void read(Context context, PlanEntry<EngineTask> entry, StepBatch batch) {
        List<float[]> vectors = new ArrayList<>(entry.count());
        for (int i = 0; i < entry.count(); i++) {
            float[] vector = context.outputs().embeddings(batch.row(entry, i));
            if (normalized) {
                EmbedTask.normalize(vector);
            }
            vectors.add(vector);
        }
        complete(vectors);
    }
}
