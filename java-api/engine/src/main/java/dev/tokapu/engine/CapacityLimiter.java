package dev.tokapu.engine;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Limits running plus queued answers.
 *
 * <p>Thread safety: safe.
 */
final class CapacityLimiter {

    private static final long UNKNOWN = 1_000_000_000; // while no answer has come to its end
    private static final long LEAST = 1_000_000;

    private final int sequences;
    private final int queueCapacity;
    private final LongAdder rejected;
    private final Supplier<LatencySnapshot> endToEnd;
    private final AtomicInteger unfinished = new AtomicInteger();

    CapacityLimiter(int sequences, int queueCapacity, LongAdder rejected, Supplier<LatencySnapshot> endToEnd) {
        this.sequences = sequences;
        this.queueCapacity = queueCapacity;
        this.rejected = rejected;
        this.endToEnd = endToEnd;
    }

    /**
     * Capacity of a request that is being made: given back with {@link #close}, unless the request is on its way.
     *
     * <p>Thread safety: confined.
     */
    final class Reservation implements AutoCloseable {

        private int answers;

        private Reservation(int answers) {
            this.answers = answers;
        }

        /** The request is on its way; its answers give their places back one by one. */
        void keep() {
            keep(answers);
        }

        /** So many answers are on their way. */
        void keep(int some) {
            answers -= some;
        }

        @Override
        public void close() {
            giveBack(answers);
            answers = 0;
        }
    }

    Reservation reserve(int answers) {
        int most = sequences + queueCapacity;
        int before = unfinished.getAndAdd(answers);
        if (before + answers > most) {
            unfinished.addAndGet(-answers);
            rejected.increment();
            Duration retryAfter = retryAfter(before);
            throw new RequestRejectedException(
                    before + " answers are generated or wait, the engine takes " + most + "; try again in "
                            + retryAfter.toMillis() + " ms, or raise EngineOptions.queueCapacity",
                    retryAfter);
        }
        return new Reservation(answers);
    }

    /** By then as many have left as there are too many, if they take as long as those before. */
    private Duration retryAfter(int unfinishedNow) {
        LatencySnapshot before = endToEnd.get();
        long mean =
                before.count() == 0 ? UNKNOWN : Math.max(LEAST, before.mean().toNanos());
        int over = Math.max(1, unfinishedNow - queueCapacity);
        return Duration.ofNanos(mean / Math.max(1, sequences / over));
    }

    void giveBack(int answers) {
        unfinished.addAndGet(-answers);
    }
}
