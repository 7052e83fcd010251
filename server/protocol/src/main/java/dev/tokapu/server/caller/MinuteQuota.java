package dev.tokapu.server.caller;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * So many calls and tokens a minute, evenly: what is used comes back at that rate. Tokens are known when a call ends, so that they may be
 * overdrawn once.
 *
 * <p>Thread safety: safe.
 */
final class MinuteQuota implements Quota {

    private final @Nullable Bucket requests;
    private final @Nullable Bucket tokens;

    /** Null for no limit; {@code clock}: nanoseconds. */
    MinuteQuota(@Nullable Integer requests, @Nullable Integer tokens, LongSupplier clock) {
        this.requests = requests == null ? null : new Bucket(requests, clock);
        this.tokens = tokens == null ? null : new Bucket(tokens, clock);
    }

    @Override
    public synchronized void begin() {
        if (tokens != null && tokens.level() < 1) {
            throw empty("tokens", tokens);
        }
        if (requests != null) {
            if (requests.level() < 1) {
                throw empty("requests", requests);
            }
            requests.take(1);
        }
    }

    private static ProblemException empty(String what, Bucket bucket) {
        return new ProblemException(
                Problem.of(Kind.LIMIT, "the key's limit of " + bucket.size + ' ' + what + " a minute is reached")
                        .withCode("rate_limit_exceeded")
                        .withRetryAfter(bucket.until(1)));
    }

    @Override
    public synchronized void used(int count) {
        if (tokens != null) {
            tokens.take(count);
        }
    }

    @Override
    public synchronized Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        put(headers, "requests", requests);
        put(headers, "tokens", tokens);
        return headers;
    }

    private static void put(Map<String, String> headers, String what, @Nullable Bucket bucket) {
        if (bucket != null) {
            headers.put("x-ratelimit-limit-" + what, Integer.toString(bucket.size));
            headers.put("x-ratelimit-remaining-" + what, Long.toString((long) Math.max(0, bucket.level())));
            headers.put("x-ratelimit-reset-" + what, bucket.until(bucket.size).toMillis() + "ms");
        }
    }

    /** What is there of something that comes back evenly. */
    private static final class Bucket {

        private static final double MINUTE = 60e9;

        private final int size;
        private final LongSupplier clock;
        private double level;
        private long asOf;

        Bucket(int size, LongSupplier clock) {
            this.size = size;
            this.clock = clock;
            this.level = size;
            this.asOf = clock.getAsLong();
        }

        double level() {
            long now = clock.getAsLong();
            level = Math.min(size, level + (now - asOf) / MINUTE * size);
            asOf = now;
            return level;
        }

        void take(int count) {
            level = level() - count;
        }

        Duration until(int wanted) {
            return Duration.ofNanos((long) Math.ceil(Math.max(0, wanted - level()) * MINUTE / size));
        }
    }
}
