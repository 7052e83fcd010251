package dev.tokapu.cli.load;

/** When requests are sent. */
public sealed interface Arrivals {

    /**
     * A number of users who each wait for an answer before they ask again, and after a rejection as long as it says. What they feel
     * of a target that stands still is one slow answer each: latencies that users would feel are those of {@link Poisson}.
     *
     * @param concurrency requests under way at any time, at least 1
     */
    record Closed(int concurrency) implements Arrivals {

        public Closed {
            if (concurrency < 1) {
                throw new IllegalArgumentException("concurrency is " + concurrency + ", but must be at least 1");
            }
        }
    }

    /**
     * Requests at random times that do not depend on the answers. Latencies count from the time when a request was to be sent, so
     * that a target, or a generator, that falls behind is not excused (no coordinated omission).
     *
     * @param requestsPerSecond the mean rate
     */
    record Poisson(double requestsPerSecond) implements Arrivals {

        public Poisson {
            if (!(requestsPerSecond > 0) || Double.isInfinite(requestsPerSecond)) {
                throw new IllegalArgumentException(
                        "the rate is " + requestsPerSecond + ", but must be more than 0 requests per second");
            }
        }
    }
}
