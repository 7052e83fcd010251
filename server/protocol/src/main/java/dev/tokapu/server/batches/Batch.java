package dev.tokapu.server.batches;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a batch besides its requests and their answers.
 *
 * @param key the name of the key that made it, and that its requests are made with
 * @param input the id of its file
 * @param metadata what its maker says of it; null for nothing
 * @param outputSeconds how long the files are kept that it makes
 * @param times when it got to each status, in seconds since 1970
 * @param ending how it ends, once that is decided
 */
record Batch(
        String id,
        String key,
        String tenant,
        String endpoint,
        String input,
        @Nullable Map<String, String> metadata,
        long outputSeconds,
        BatchStatus status,
        Map<BatchStatus, Long> times,
        Counts counts,
        List<LineError> errors,
        @Nullable Ending ending) {

    private static final long WINDOW = 24L * 3600;

    Batch {
        times = Map.copyOf(times);
        errors = List.copyOf(errors);
    }

    /** How many requests there are, how many of them are done, and the tokens of these. */
    record Counts(int total, int completed, int failed, BatchUsage usage) {
        static final Counts NONE = new Counts(0, 0, 0, BatchUsage.NONE);

        /** How much is done, rounded down. */
        int percent() {
            return total == 0 ? 0 : (int) (100L * (completed + failed) / total);
        }
    }

    /**
     * How a batch ends.
     *
     * @param status its last status
     * @param output the id of the file with the answers; null for none
     * @param errors the id of the file with what went wrong; null for none
     */
    record Ending(
            BatchStatus status,
            @Nullable String output,
            @Nullable String errors) {}

    /** When it came, in seconds since 1970. */
    long created() {
        return times.getOrDefault(BatchStatus.VALIDATING, 0L);
    }

    /** When what is not done by then stays undone. */
    long expires() {
        return created() + WINDOW;
    }

    Batch with(BatchStatus value, long now) {
        Map<BatchStatus, Long> all = new EnumMap<>(BatchStatus.class);
        all.putAll(times);
        all.put(value, now);
        return new Batch(id, key, tenant, endpoint, input, metadata, outputSeconds, value, all, counts, errors, ending);
    }

    Batch with(Counts value) {
        return new Batch(
                id, key, tenant, endpoint, input, metadata, outputSeconds, status, times, value, errors, ending);
    }

    Batch with(List<LineError> value) {
        return new Batch(
                id, key, tenant, endpoint, input, metadata, outputSeconds, status, times, counts, value, ending);
    }

    Batch with(Ending value) {
        return new Batch(
                id, key, tenant, endpoint, input, metadata, outputSeconds, status, times, counts, errors, value);
    }
}
