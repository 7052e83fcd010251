package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.StepBatch;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.text.Usage;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

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

    /** The same beginning on several replicas: the result is that of the one that had the least of it. Who cancels it cancels all. */
    static CompletableFuture<Usage> together(List<PromptTask<Usage>> tasks) {
        if (tasks.size() == 1) {
            return tasks.get(0).result();
        }
        List<CompletableFuture<Usage>> each =
                tasks.stream().map(PromptTask::result).toList();
        CompletableFuture<Usage> all = new CompletableFuture<>();
        CompletableFuture<Void> unused = CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
                .whenComplete((nothing, failure) -> {
                    if (failure == null) {
                        all.complete(each.stream()
                                .map(CompletableFuture::join)
                                .min(Comparator.comparingInt(Usage::cachedTokens))
                                .orElseThrow());
                    } else {
                        Throwable cause = failure.getCause();
                        all.completeExceptionally(cause == null ? failure : cause);
                    }
                });
        CompletableFuture<Usage> unusedToo =
                all.whenComplete((usage, failure) -> each.forEach(one -> one.cancel(false)));
        return all;
    }
}
