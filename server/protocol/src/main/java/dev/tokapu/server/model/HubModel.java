package dev.tokapu.server.model;

import dev.tokapu.server.download.DownloadWait;
import dev.tokapu.server.download.Downloads;
import dev.tokapu.server.pool.Lease;
import dev.tokapu.server.pool.ModelState;
import dev.tokapu.server.pool.PoolStatus;
import dev.tokapu.source.ModelSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A model of a hub on its way to the pool: who asks for it first waits for its download. */
record HubModel(ModelSource.Remote source, Downloads downloads) {

    /** Has it downloaded where it is not on this machine, and then asks the pool. Nothing waits with a thread. */
    CompletableFuture<Lease<LoadedModel>> acquire(Supplier<CompletableFuture<Lease<LoadedModel>>> pool) {
        if (source.find().isPresent()) {
            return pool.get();
        }
        CompletableFuture<Lease<LoadedModel>> asked = new CompletableFuture<>();
        DownloadWait wait = downloads.start(source, download -> {});
        CompletableFuture<Void> unused = wait.file().handle((file, failure) -> {
            if (failure == null) {
                forward(pool, asked);
            } else {
                asked.completeExceptionally(failure);
            }
            return null;
        });
        CompletableFuture<Lease<LoadedModel>> ignored = asked.whenComplete((lease, failure) -> wait.close());
        return asked;
    }

    private static void forward(
            Supplier<CompletableFuture<Lease<LoadedModel>>> pool, CompletableFuture<Lease<LoadedModel>> asked) {
        if (asked.isDone()) {
            return;
        }
        CompletableFuture<Lease<LoadedModel>> loading;
        try {
            loading = pool.get();
        } catch (RuntimeException e) {
            asked.completeExceptionally(e);
            return;
        }
        CompletableFuture<Void> unused = loading.handle((lease, failure) -> {
            if (failure != null) {
                asked.completeExceptionally(failure);
            } else if (!asked.complete(lease)) {
                lease.close();
            }
            return null;
        });
        CompletableFuture<Lease<LoadedModel>> ignored = asked.whenComplete((lease, failure) -> {
            if (asked.isCancelled()) {
                loading.cancel(false);
            }
        });
    }

    /** The state of the pool, and before that the one of the download. */
    PoolStatus<LoadedModel> status(PoolStatus<LoadedModel> pooled) {
        if (pooled.state() != ModelState.UNLOADED && pooled.state() != ModelState.FAILED) {
            return pooled;
        }
        if (downloads.isRunning(source)) {
            return new PoolStatus<>(ModelState.LOADING, null, null, 0, pooled.waiting(), null);
        }
        String failure = downloads.failure(source);
        return failure == null ? pooled : new PoolStatus<>(ModelState.FAILED, null, failure, 0, 0, null);
    }
}
