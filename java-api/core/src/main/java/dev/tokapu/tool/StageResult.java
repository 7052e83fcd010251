package dev.tokapu.tool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The value of what a tool gave, now or later. */
final class StageResult {

    private StageResult() {}

    /** Waits for a stage; an interrupt cancels it where that is possible. */
    static @Nullable Object await(@Nullable Object result) throws ExecutionException, InterruptedException {
        if (!(result instanceof CompletionStage<?> stage)) {
            return result;
        }
        CompletableFuture<@Nullable Object> value = new CompletableFuture<>();
        stage.whenComplete((found, failure) -> {
            if (failure == null) {
                value.complete(found);
            } else {
                value.completeExceptionally(failure);
            }
        });
        try {
            return value.get();
        } catch (InterruptedException e) {
            if (stage instanceof Future<?> future) {
                future.cancel(true);
            }
            throw e;
        }
    }
}
