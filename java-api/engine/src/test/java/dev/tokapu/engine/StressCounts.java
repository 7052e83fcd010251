package dev.tokapu.engine;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * What {@link PrefixStressChild} has done; a line of text for the process that started it.
 *
 * <p>Thread safety: safe.
 */
final class StressCounts {

    /** What is counted. */
    enum Count {
        REQUESTS,
        ATTACKS,
        CHECKED,
        CANCELLED,
        EXPIRED,
        PREEMPTIONS,
        CACHED_TOKENS,
        RESTORED_TOKENS,
        RESUMED_TOKENS, // computed by an earlier process
        DAMAGED_FILES
    }

    private final Map<Count, LongAdder> counts = new EnumMap<>(Count.class);

    StressCounts() {
        Arrays.stream(Count.values()).forEach(count -> counts.put(count, new LongAdder()));
    }

    void add(Count count, long value) {
        counts.get(count).add(value);
    }

    void set(Count count, long value) {
        synchronized (this) {
            add(count, value - get(count));
        }
    }

    long get(Count count) {
        return counts.get(count).sum();
    }

    /** Adds the counts of a line that {@link #toString} made. */
    void addAll(String line) {
        for (String part : line.split(" ", -1)) {
            int end = part.indexOf('=');
            add(Count.valueOf(part.substring(0, end)), Long.parseLong(part.substring(end + 1)));
        }
    }

    @Override
    public String toString() {
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue().sum())
                .collect(Collectors.joining(" "));
    }
}
