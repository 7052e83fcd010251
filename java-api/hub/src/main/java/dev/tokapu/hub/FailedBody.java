package dev.tokapu.hub;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** The body of an answer that is not wanted: it is not read. */
final class FailedBody<T> implements BodySubscriber<T> {

    private final CompletableFuture<T> failed;

    FailedBody(IOException failure) {
        failed = CompletableFuture.failedFuture(failure);
    }

    @Override
    public CompletionStage<T> getBody() {
        return failed;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.cancel();
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
}
