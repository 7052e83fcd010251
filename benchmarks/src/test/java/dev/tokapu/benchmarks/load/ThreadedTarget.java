package dev.tokapu.benchmarks.load;

import dev.tokapu.cli.load.LoadRequest;
import dev.tokapu.cli.load.Outcome;
import dev.tokapu.cli.load.Receiver;
import dev.tokapu.cli.load.Target;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Answers from threads of its own, as real targets do, and counts how many requests are under way. */
final class ThreadedTarget implements Target {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger underWay;
    private final AtomicInteger most;

    ThreadedTarget(AtomicInteger underWay, AtomicInteger most) {
        this.underWay = underWay;
        this.most = most;
    }

    @Override
    public void send(LoadRequest request, Receiver receiver) {
        most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        threads.execute(() -> {
            for (int i = 0; i < request.maxTokens(); i++) {
                LockSupport.parkNanos(1);
                receiver.onTokens(1, System.nanoTime());
            }
            underWay.decrementAndGet();
            receiver.onEnd(new Outcome.Success(0, request.maxTokens()));
        });
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
