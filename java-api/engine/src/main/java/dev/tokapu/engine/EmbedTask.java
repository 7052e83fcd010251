package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.StepBatch;
import dev.tokapu.engine.schedule.PlanEntry;

/**
 * A text on its way to its embedding: computed in one step, every token with an output.
 *
 * <p>Thread safety: as {@link PromptTask}.
 */
final class EmbedTask extends PromptTask<float[]> {

    private final boolean normalized;

    EmbedTask(Entry entry, int[] prompt, boolean normalized) {
        super(FinishedRequest.Operation.EMBEDDINGS, entry, prompt, prompt.length, true);
        this.normalized = normalized;
    }

    @Override
    public boolean hasOutput(int position) {
        return true;
    }

    @Override
    void read(Context context, PlanEntry<EngineTask> entry, StepBatch batch) {
        float[] vector = context.outputs().sequenceEmbeddings(entry.slot());
        if (normalized) {
            normalize(vector);
        }
        complete(vector);
    }

    /** Brings a vector to length 1. */
    static void normalize(float[] vector) {
        double square = 0;
        for (float value : vector) {
            square += (double) value * value;
        }
        double length = Math.sqrt(square);
        for (int i = 0; i < vector.length && length > 0; i++) {
            vector[i] = (float) (vector[i] / length);
        }
    }
}
