package dev.tokapu.spark;

import dev.tokapu.Pooling;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Options in Spark's configuration, under the names of the builder's setters. */
final class ConfigurationReader {

    static final String PREFIX = "spark.tokapu.";

    private static final String MODEL = PREFIX + "model";
    private static final Map<String, BiConsumer<TokapuSparkOptions.Builder, String>> SETTERS = setters();

    private ConfigurationReader() {}

    private static Map<String, BiConsumer<TokapuSparkOptions.Builder, String>> setters() {
        Map<String, BiConsumer<TokapuSparkOptions.Builder, String>> all = new TreeMap<>();
        all.put("maxSequences", (options, value) -> options.maxSequences(Integer.parseInt(value)));
        all.put("contextSize", (options, value) -> options.contextSize(Integer.parseInt(value)));
        all.put("threads", (options, value) -> options.threads(Integer.parseInt(value)));
        all.put("gpuLayers", (options, value) -> options.gpuLayers(Integer.parseInt(value)));
        all.put("pooling", (options, value) -> options.pooling(Pooling.valueOf(value.toUpperCase(Locale.ROOT))));
        all.put("reproducible", (options, value) -> options.reproducible(bool(value)));
        all.put("system", TokapuSparkOptions.Builder::system);
        all.put("completion", (options, value) -> options.completion(bool(value)));
        all.put("maxTokens", (options, value) -> options.maxTokens(Integer.parseInt(value)));
        all.put("temperature", (options, value) -> options.temperature(Double.parseDouble(value)));
        all.put("topK", (options, value) -> options.topK(Integer.valueOf(value)));
        all.put("topP", (options, value) -> options.topP(Double.valueOf(value)));
        all.put("seed", (options, value) -> options.seed(Integer.parseInt(value)));
        all.put("stops", (options, value) -> options.stops(List.of(value)));
        all.put("deadline", (options, value) -> options.deadline(duration(value)));
        all.put("thinking", (options, value) -> options.thinking(bool(value)));
        all.put("rowsInFlight", (options, value) -> options.rowsInFlight(Integer.parseInt(value)));
        all.put("idleTimeout", (options, value) -> options.idleTimeout(duration(value)));
        return all;
    }

    static TokapuSparkOptions read(Map<String, String> configuration) {
        String model = configuration.get(MODEL);
        if (model == null) {
            throw new IllegalArgumentException(
                    MODEL + " is not set; set it to a path, a name of a hub or sparkfiles:NAME");
        }
        TokapuSparkOptions.Builder options = TokapuSparkOptions.builder(model);
        configuration.forEach((key, value) -> {
            if (key.startsWith(PREFIX) && !key.equals(MODEL)) {
                set(options, key, value);
            }
        });
        return options.build();
    }

    private static void set(TokapuSparkOptions.Builder options, String key, String value) {
        BiConsumer<TokapuSparkOptions.Builder, String> setter = SETTERS.get(key.substring(PREFIX.length()));
        if (setter == null) {
            throw new IllegalArgumentException(
                    "the setting " + key + " is unknown; " + PREFIX + " has model and " + SETTERS.keySet());
        }
        try {
            setter.accept(options, value.strip());
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new IllegalArgumentException(key + " is '" + value + "', which cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean bool(String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("it must be true or false");
        };
    }

    /** As {@code 90s}, {@code 5m} or {@code PT1M30S}. */
    private static Duration duration(String value) {
        String text = value.toUpperCase(Locale.ROOT);
        return Duration.parse(text.startsWith("P") ? text : "PT" + text);
    }
}
