package dev.tokapu.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When the tokens of one answer came, for somebody who waits for them.
 *
 * <p>Thread safety: safe.
 */
final class TokenTimes implements Receiver {

    private final List<Long> times = new ArrayList<>();
    private @Nullable Outcome outcome;

    @Override
    public synchronized void onTokens(int count, long nanoTime) {
        times.add(nanoTime);
        notifyAll();
    }

    @Override
    public synchronized void onEnd(Outcome end) {
        outcome = end;
        notifyAll();
    }

    /** The times of all tokens so far, as {@link System#nanoTime()}. */
    synchronized List<Long> times() {
        return List.copyOf(times);
    }

    /** Waits until tokens have come so often, or the answer has ended. */
    boolean awaitTokens(int count) throws InterruptedException {
        return await(() -> times.size() >= count);
    }

    /** Waits for a token that comes later than a time. */
    boolean awaitTokenAfter(long nanoTime) throws InterruptedException {
        return await(() -> !times.isEmpty() && times.get(times.size() - 1) > nanoTime);
    }

    /** Waits for the end. */
    void awaitEnd() throws InterruptedException {
        await(() -> false);
    }

    /**
     * Waits.
     *
     * @return false where the answer ended before
     * @throws IllegalStateException if the request was rejected or failed
     */
    private synchronized boolean await(BooleanSupplier enough) throws InterruptedException {
        while (outcome == null && !enough.getAsBoolean()) {
            wait();
        }
        if (outcome != null && !(outcome instanceof Outcome.Success)) {
            throw new IllegalStateException("no answer: " + outcome);
        }
        return enough.getAsBoolean();
    }
}
