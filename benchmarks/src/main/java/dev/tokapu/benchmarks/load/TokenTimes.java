package dev.tokapu.benchmarks.load;

import dev.tokapu.cli.load.Outcome;
import dev.tokapu.cli.load.Receiver;
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

    /**
     * Tokens that came together.
     *
     * @param count how many
     * @param nanoTime when, as {@link System#nanoTime()}
     */
    record Arrival(int count, long nanoTime) {}

    private final List<Arrival> arrivals = new ArrayList<>();
    private @Nullable Outcome outcome;

    @Override
    public synchronized void onTokens(int count, long nanoTime) {
        arrivals.add(new Arrival(count, nanoTime));
        notifyAll();
    }

    @Override
    public synchronized void onEnd(Outcome end) {
        outcome = end;
        notifyAll();
    }

    /** What came so far. */
    synchronized List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }

    /** Waits until tokens have come so often. */
    boolean awaitArrivals(int count) throws InterruptedException {
        return await(() -> arrivals.size() >= count);
    }

    /** Waits for a token that comes later than a time. */
    boolean awaitTokenAfter(long nanoTime) throws InterruptedException {
        return await(
                () -> !arrivals.isEmpty() && arrivals.get(arrivals.size() - 1).nanoTime() > nanoTime);
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
