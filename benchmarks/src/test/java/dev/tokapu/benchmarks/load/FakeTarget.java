package dev.tokapu.benchmarks.load;

import dev.tokapu.cli.load.Clock;
import dev.tokapu.cli.load.LoadRequest;
import dev.tokapu.cli.load.Outcome;
import dev.tokapu.cli.load.Receiver;
import dev.tokapu.cli.load.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;

/**
 * A target with known times: it serves one request after the other, each with a time to the first token and a gap before each further
 * one, on a clock of its own that nothing waits for. What it was sent is kept.
 */
final class FakeTarget implements Target, Clock {

    final List<LoadRequest> sent = new ArrayList<>();
    final List<Long> sentAt = new ArrayList<>();
    private final long first;
    private final long gap;
    /** How long {@code send} itself takes, by the number of the request. */
    private IntToLongFunction stall = number -> 0;

    private IntFunction<Outcome> outcome = number -> new Outcome.Success(0, 0);
    private boolean waits;
    private long now;
    private long freeAt;

    FakeTarget(long firstMilliseconds, long gapMilliseconds) {
        first = TimeUnit.MILLISECONDS.toNanos(firstMilliseconds);
        gap = TimeUnit.MILLISECONDS.toNanos(gapMilliseconds);
    }

    /** {@code send} returns when the answer is there, as for a single user. */
    FakeTarget waiting() {
        waits = true;
        return this;
    }

    FakeTarget stalling(IntToLongFunction milliseconds) {
        stall = number -> TimeUnit.MILLISECONDS.toNanos(milliseconds.applyAsLong(number));
        return this;
    }

    FakeTarget ending(IntFunction<Outcome> outcome) {
        this.outcome = outcome;
        return this;
    }

    @Override
    public void send(LoadRequest request, Receiver receiver) {
        sent.add(request);
        sentAt.add(now);
        now += stall.applyAsLong(request.number());
        long time = Math.max(now, freeAt) + first;
        Outcome end = outcome.apply(request.number());
        if (end instanceof Outcome.Success) {
            receiver.onTokens(1, time);
            for (int i = 1; i < request.maxTokens(); i++) {
                time += gap;
                receiver.onTokens(1, time);
            }
            freeAt = time;
        }
        if (waits) {
            now = Math.max(now, freeAt);
        }
        receiver.onEnd(end);
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void sleepUntil(long nanoTime) {
        now = Math.max(now, nanoTime);
    }

    @Override
    public void after(long nanoseconds, Runnable task) {
        now += nanoseconds;
        task.run();
    }

    @Override
    public void close() {}
}
