package dev.tokapu.hub;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Writes a body to its place in a file, as it comes. */
final class RangeBody implements BodySubscriber<Void> {

    private final FileChannel file;
    private final FileRange range;
    private final CompletableFuture<Void> result = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;
    private boolean stopped;

    RangeBody(FileChannel file, FileRange range) {
        this.file = file;
        this.range = range;
    }

    /** Writes nothing more: another request takes over. */
    synchronized void stop() {
        stopped = true;
    }

    @Override
    public CompletionStage<Void> getBody() {
        return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription value) {
        subscription = value;
        value.request(1);
    }

    @Override
    public synchronized void onNext(List<ByteBuffer> buffers) {
        Flow.Subscription source = Objects.requireNonNull(subscription);
        if (stopped || result.isDone()) {
            source.cancel();
            return;
        }
        try {
            for (ByteBuffer buffer : buffers) {
                if (range.end() >= 0 && buffer.remaining() > range.end() - range.position()) {
                    throw HubFailure.lasting("more bytes came than were asked for");
                }
                write(buffer);
            }
            source.request(1);
        } catch (IOException e) {
            source.cancel();
            result.completeExceptionally(e);
        }
    }

    private void write(ByteBuffer buffer) throws LocalFailure {
        try {
            while (buffer.hasRemaining()) {
                range.advance(file.write(buffer, range.position()));
            }
        } catch (IOException e) {
            throw new LocalFailure(
                    "it cannot be written: " + e.getMessage() + "; free space on the disk, or set"
                            + " another cache (HF_HUB_CACHE)",
                    e);
        }
    }

    @Override
    public void onError(Throwable failure) {
        result.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        if (range.end() >= 0 && !range.isComplete()) {
            result.completeExceptionally(HubFailure.passing(
                    "the connection ended " + (range.end() - range.position()) + " bytes too early", (Duration) null));
        } else {
            range.completed();
            result.complete(null);
        }
    }
}
