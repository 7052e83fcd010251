package dev.tokapu.server.pool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What has to go so that a model has a place and memory.
 *
 * @param victims what to unload, the first to go first
 * @param shortage why nothing helps, with figures; null when unloading the victims does
 * @param <E> what may go
 */
record RoomPlan<E>(List<E> victims, @Nullable String shortage) {

    private static final double GIB = 1 << 30;

    /** Something that may go. */
    record Candidate<E>(E entry, Map<String, Long> held) {}

    /**
     * Makes a plan.
     *
     * @param need bytes that the model takes, by memory
     * @param free bytes that are free
     * @param loaded how many models are loaded
     * @param most how many may be
     * @param idle what may go, the longest unused first
     */
    static <E> RoomPlan<E> of(
            Map<String, Long> need, Map<String, Long> free, int loaded, int most, List<Candidate<E>> idle) {
        Map<String, Long> left = new HashMap<>(free);
        List<E> victims = new ArrayList<>();
        for (Candidate<E> candidate : idle) {
            boolean place = loaded - victims.size() < most;
            // The first model of all is tried in any case: what loads it knows better than an estimate.
            if (place && (loaded == victims.size() || fits(need, left))) {
                break;
            }
            victims.add(candidate.entry());
            candidate.held().forEach((memory, bytes) -> left.computeIfPresent(memory, (key, had) -> had + bytes));
        }
        int stay = loaded - victims.size();
        if (stay >= most) {
            return new RoomPlan<>(
                    List.of(),
                    "of " + most + " models that may be loaded at a time, " + stay + " are pinned or in use");
        }
        if (stay > 0 && !fits(need, left)) {
            return new RoomPlan<>(List.of(), shortage(need, left));
        }
        return new RoomPlan<>(victims, null);
    }

    private static boolean fits(Map<String, Long> need, Map<String, Long> free) {
        return need.entrySet().stream()
                .allMatch(entry -> entry.getValue() <= free.getOrDefault(entry.getKey(), Long.MAX_VALUE));
    }

    private static String shortage(Map<String, Long> need, Map<String, Long> free) {
        List<String> parts = new ArrayList<>();
        new TreeMap<>(need).forEach((memory, bytes) -> {
            long there = free.getOrDefault(memory, Long.MAX_VALUE);
            if (bytes > there) {
                parts.add("it takes " + gib(bytes) + " of the memory '" + memory + "', where " + gib(Math.max(0, there))
                        + " would be free without the models that nobody uses");
            }
        });
        return String.join("; ", parts);
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.2f GiB", bytes / GIB);
    }
}
