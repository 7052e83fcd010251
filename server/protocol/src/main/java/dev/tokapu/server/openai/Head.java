package dev.tokapu.server.openai;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What every object begins with that belongs to the answers to one call. */
record Head(String id, long created, String model) {

    static Head of(String prefix, String model) {
        String id = prefix + UUID.randomUUID().toString().replace("-", "");
        return new Head(id, Instant.now().getEpochSecond(), model);
    }

    Map<String, @Nullable Object> json(String object) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("object", object);
        json.put("created", created);
        json.put("model", model);
        return json;
    }
}
