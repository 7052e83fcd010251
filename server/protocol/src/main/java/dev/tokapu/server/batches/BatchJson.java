package dev.tokapu.server.batches;

import dev.tokapu.server.batches.Batch.Counts;
import dev.tokapu.server.batches.Batch.Ending;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.json.JsonValue;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A batch as clients read it, and as it is on the disk. */
final class BatchJson {

    static final String WINDOW = "24h";

    private BatchJson() {}

    /** As clients of OpenAI's API read it. */
    static Map<String, @Nullable Object> of(Batch batch) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", batch.id());
        json.put("object", "batch");
        json.put("endpoint", batch.endpoint());
        if (!batch.errors().isEmpty()) {
            Map<String, Object> errors = new LinkedHashMap<>();
            errors.put("object", "list");
            errors.put("data", batch.errors().stream().map(LineError::json).toList());
            json.put("errors", errors);
        }
        json.put("input_file_id", batch.input());
        json.put("completion_window", WINDOW);
        json.put("status", batch.status().toString());
        Ending ending = batch.ending();
        if (ending != null && batch.status().isFinal()) {
            putIfThere(json, "output_file_id", ending.output());
            putIfThere(json, "error_file_id", ending.errors());
        }
        json.put("created_at", batch.created());
        json.put("expires_at", batch.expires());
        for (BatchStatus status : BatchStatus.values()) {
            putIfThere(json, status.time(), batch.times().get(status));
        }
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("total", batch.counts().total());
        counts.put("completed", batch.counts().completed());
        counts.put("failed", batch.counts().failed());
        json.put("request_counts", counts);
        json.put("usage", batch.counts().usage().json());
        json.put("metadata", batch.metadata());
        return json;
    }

    private static void putIfThere(Map<String, @Nullable Object> json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    /** As it is on the disk. */
    static byte[] record(Batch batch) {
        Map<String, @Nullable Object> json = of(batch);
        json.put("key", batch.key());
        json.put("tenant", batch.tenant());
        json.put("output_seconds", batch.outputSeconds());
        Ending ending = batch.ending();
        if (ending != null) {
            json.put("ending", ending.status().toString());
            putIfThere(json, "output_file_id", ending.output());
            putIfThere(json, "error_file_id", ending.errors());
        }
        return JsonText.write(json);
    }

    /** What {@link #record} wrote. */
    static Batch read(byte[] record) {
        JsonObject json = JsonText.readObject(record);
        Map<BatchStatus, Long> times = new EnumMap<>(BatchStatus.class);
        for (BatchStatus status : BatchStatus.values()) {
            JsonValue time = json.get(status.time());
            if (time != null) {
                times.put(status, time.integer(0L, Long.MAX_VALUE));
            }
        }
        JsonObject counts = json.require("request_counts").object();
        String ending = json.text("ending");
        return new Batch(
                json.require("id").text(),
                json.require("key").text(),
                json.require("tenant").text(),
                json.require("endpoint").text(),
                json.require("input_file_id").text(),
                metadata(json.object("metadata")),
                json.require("output_seconds").integer(0L, Long.MAX_VALUE),
                BatchStatus.of(json.require("status").text()),
                times,
                new Counts(
                        count(counts, "total"),
                        count(counts, "completed"),
                        count(counts, "failed"),
                        BatchUsage.read(json.object("usage"))),
                errors(json.object("errors")),
                ending == null
                        ? null
                        : new Ending(BatchStatus.of(ending), json.text("output_file_id"), json.text("error_file_id")));
    }

    private static int count(JsonObject counts, String name) {
        return counts.require(name).integer(0, Integer.MAX_VALUE);
    }

    private static List<LineError> errors(@Nullable JsonObject errors) {
        return errors == null
                ? List.of()
                : errors.elements("data").stream()
                        .map(JsonValue::object)
                        .map(error -> new LineError(
                                error.require("code").text(),
                                error.require("message").text(),
                                error.text("param"),
                                error.integer("line", 0, Integer.MAX_VALUE)))
                        .toList();
    }

    /** Texts by name; null for nothing. */
    static @Nullable Map<String, String> metadata(@Nullable JsonObject object) {
        if (object == null) {
            return null;
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        object.names().stream()
                .sorted()
                .forEach(name -> metadata.put(name, object.require(name).text()));
        return metadata;
    }
}
