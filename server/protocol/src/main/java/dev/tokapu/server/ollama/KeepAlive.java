package dev.tokapu.server.ollama;

import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.pool.PoolOptions;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code keep_alive}: how long a model stays after a request; a number of seconds, or a duration as Go writes it. */
final class KeepAlive {

    private static final Pattern WHOLE = Pattern.compile("[+-]?((\\d{1,12})(\\.\\d{1,9})?(ns|us|µs|ms|s|m|h))+");
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");
    private static final double MOST_SECONDS = 1e9;

    private KeepAlive() {}

    /** What a request says; null when it says nothing. */
    static @Nullable Duration read(JsonObject body) {
        JsonValue value = body.get("keep_alive");
        if (value == null) {
            return null;
        }
        if (value.isNumber()) {
            return seconds(new BigDecimal(String.valueOf(value.value())));
        }
        String text = value.text().strip();
        if (text.matches("[+-]?\\d{1,12}")) {
            return seconds(new BigDecimal(text));
        }
        if (!WHOLE.matcher(text).matches()) {
            throw value.wrong("is '" + text + "'; it must be seconds, or a duration such as 10m or 1h30m");
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
