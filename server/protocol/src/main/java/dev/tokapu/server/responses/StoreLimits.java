package dev.tokapu.server.responses;

import java.time.Duration;
import java.util.Objects;

/**
 * How many responses are kept for {@code previous_response_id}, and how long. When there is no room, the oldest of the tenant goes that has the
 * most bytes.
 *
 * <p>Thread safety: immutable.
 *
 * @param count how many, 0 for none
 * @param bytes how many bytes of JSON they have together, with what they build on
 * @param age how long each is kept
 * @since 0.1
 */
public record StoreLimits(int count, long bytes, Duration age) {

    private static final StoreLimits DEFAULTS = new StoreLimits(10_000, 64L << 20, Duration.ofHours(24));

    /** Checks the values. */
    public StoreLimits {
        Objects.requireNonNull(age, "age");
        if (count < 0 || bytes < 0 || age.isNegative()) {
            throw new IllegalArgumentException("the limits of stored responses are " + count + ", " + bytes
                    + " bytes and " + age + "; none may be negative");
        }
    }

    /** {@return 10,000 responses, 64 MiB, a day} */
    public static StoreLimits defaults() {
        return DEFAULTS;
    }
}
