package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.StepBatch;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.text.Usage;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

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

    /**
     * The same beginning on several replicas: the result is that of the one that had the least of it. Cancelling it cancels all.
     *
     * @param open whether a replica takes requests: one that fails meanwhile does not count, as long as there is another one
     */
    static CompletableFuture<Usage> together(List<CompletableFuture<Usage>> each, IntPredicate open) {
        if (each.size() == 1) {
            return each.get(0);
        }
        CompletableFuture<Usage> all = new CompletableFuture<>();
        CompletableFuture<Void> unused = all(each).whenComplete((nothing, failure) -> {
            List<CompletableFuture<Usage>> counted = IntStream.range(0, each.size())
                    .filter(i -> open.test(i) || !each.get(i).isCompletedExceptionally())
                    .mapToObj(each::get)
                    .toList();
            end(all, counted.isEmpty() ? each : counted);
        });
        CompletableFuture<Usage> unusedToo =
                all.whenComplete((usage, failure) -> each.forEach(one -> one.cancel(false)));
        return all;
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Usage>> each) {
        return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new));
    }

    /** All of these have ended. */
    private static void end(CompletableFuture<Usage> result, List<CompletableFuture<Usage>> each) {
        CompletableFuture<Void> unused = all(each).whenComplete((nothing, failure) -> {
            if (failure == null) {
                result.complete(each.stream()
                        .map(CompletableFuture::join)
                        .min(Comparator.comparingInt(Usage::cachedTokens))
                        .orElseThrow());
            } else {
                Throwable cause = failure.getCause();
                result.completeExceptionally(cause == null ? failure : cause);
            }
        });
    }
}
