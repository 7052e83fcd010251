package dev.tokapu.server.files;

import dev.tokapu.server.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a file besides its bytes.
 *
 * <p>Thread safety: immutable.
 *
 * @param id its id
 * @param tenant whose it is
 * @param name its name, which leads nowhere on this machine
 * @param purpose what it is for
 * @param bytes its length
 * @param created when it came, in seconds since 1970
 * @param expires when it goes, in seconds since 1970; null for never
 * @since 0.1
 */
public record StoredFile(
        String id,
        String tenant,
        String name,
        String purpose,
        long bytes,
        long created,
        @Nullable Long expires) {

    /** What batches read. */
    public static final String BATCH = "batch";

    /** What batches write. */
    public static final String BATCH_OUTPUT = "batch_output";

    /** Checks the values. */
    public StoredFile {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(purpose, "purpose");
    }

    /** {@return it as clients of OpenAI's API read it} */
    public Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("object", "file");
        json.put("bytes", bytes);
        json.put("created_at", created);
        if (expires != null) {
            json.put("expires_at", expires);
        }
        json.put("filename", name);
        json.put("purpose", purpose);
        json.put("status", "processed");
        return json;
    }

    /** As it is on the disk. */
    Map<String, @Nullable Object> record() {
        Map<String, @Nullable Object> json = json();
        json.put("tenant", tenant);
        return json;
    }

    static StoredFile of(JsonObject record) {
        return new StoredFile(
                record.require("id").text(),
                record.require("tenant").text(),
                record.require("filename").text(),
                record.require("purpose").text(),
                record.require("bytes").integer(0L, Long.MAX_VALUE),
                record.require("created_at").integer(0L, Long.MAX_VALUE),
                record.get("expires_at") == null
                        ? null
                        : (Long) record.require("expires_at").integer(0L, Long.MAX_VALUE));
    }
}
