package dev.tokapu.server.pool;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a model stays after its last request, as people write it: a number of seconds, or {@code 90s}, {@code 10m}, {@code 1h30m};
 * less than 0 for no end.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class KeepAlive {

    private static final Pattern SECONDS = Pattern.compile("[+-]?\\d{1,12}(\\.\\d{1,9})?");
    private static final Pattern WHOLE = Pattern.compile("[+-]?(\\d{1,12}(\\.\\d{1,9})?(ns|us|µs|ms|s|m|h))+");
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");
    private static final double MOST_SECONDS = 1e9;

    private KeepAlive() {}

    /**
     * Reads a time.
     *
     * @param text the time
     * @return the time, or {@link PoolOptions#FOREVER}
     * @throws IllegalArgumentException when it is none
     */
    public static Duration parse(String text) {
        if (SECONDS.matcher(text).matches()) {
            return seconds(new BigDecimal(text));
        }
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no time; give seconds, or for example 90s, 10m or 1h30m, or -1 for no end");
        }
        BigDecimal nanos = BigDecimal.ZERO;
        for (Matcher part = PART.matcher(text); part.find(); ) {
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(nanos(part.group(2))));
        }
        return seconds(nanos.movePointLeft(9).multiply(BigDecimal.valueOf(text.startsWith("-") ? -1 : 1)));
    }

    private static BigDecimal nanos(String unit) {
        return BigDecimal.valueOf(
                switch (unit) {
                    case "h" -> 3_600_000_000_000L;
                    case "m" -> 60_000_000_000L;
                    case "s" -> 1_000_000_000L;
                    case "ms" -> 1_000_000L;
                    case "ns" -> 1L;
                    default -> 1_000L;
                });
    }

    private static Duration seconds(BigDecimal seconds) {
        if (seconds.signum() < 0 || seconds.doubleValue() > MOST_SECONDS) {
            return PoolOptions.FOREVER;
        }
        return Duration.ofNanos(seconds.movePointRight(9).longValue());
    }
}
