package dev.tokapu.server.responses;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The events of a response, in order. */
final class EventSequence {

    private final Consumer<Map<String, @Nullable Object>> out;
    private int next;

    /** Events go out one after the other. */
    EventSequence(Consumer<Map<String, @Nullable Object>> out) {
        this.out = out;
    }

    /** Sends an event with names and values. */
    void send(String type, @Nullable Object... fields) {
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("type", type);
        event.put("sequence_number", next++);
        for (int i = 0; i < fields.length; i += 2) {
            event.put(String.valueOf(fields[i]), fields[i + 1]);
        }
        out.accept(event);
    }
}
