package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.StepBatch;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.text.Usage;

/**
 * The beginning of prompts to come on its way into the prefix cache: computed without an output.
 *
 * <p>Thread safety: as {@link PromptTask}.
 */
final class WarmTask extends PromptTask<Usage> {

    WarmTask(Entry entry, int[] prompt) {
        super(FinishedRequest.Operation.PREFIX, entry, prompt, prompt.length, false);
    }

    @Override
    public boolean hasOutput(int position) {
        return false;
    }

    @Override
    void read(Context context, PlanEntry<EngineTask> entry, StepBatch batch) {
        if (entry.isLast()) {
            complete(new Usage(prompt.length, scheduled().cachedTokens(), 0));
        }
    }
}
