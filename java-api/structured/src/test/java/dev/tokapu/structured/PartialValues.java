package dev.tokapu.structured;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A subscriber that writes down what it is told; the test requests. */
final class PartialValues<T> implements Flow.Subscriber<PartialValue<T>> {

    private record Start(Flow.Subscription subscription, Thread thread) {}

    private final CompletableFuture<Start> start = new CompletableFuture<>();
    private final BlockingQueue<Object> signals = new LinkedBlockingQueue<>();

    Flow.Subscription subscription() throws Exception {
        return start.get(5, TimeUnit.MINUTES).subscription();
    }

    /** The next partial value, error text or "complete". */
    Object signal() throws InterruptedException {
        return signals.poll(5, TimeUnit.MINUTES);
    }

    /** Waits for the end of the thread that calls this. */
    void join() throws Exception {
        start.get(5, TimeUnit.MINUTES).thread().join();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        start.complete(new Start(subscription, Thread.currentThread()));
    }

    @Override
    public void onNext(PartialValue<T> partial) {
        signals.add(partial);
    }

    @Override
    public void onError(Throwable e) {
        signals.add("error " + e.getMessage());
    }

    @Override
    public void onComplete() {
        signals.add("complete");
    }
}
