package dev.tokapu.server.ollama;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a part of an answer is written. */
enum AnswerShape {
    /** As a message of a conversation. */
    CHAT,
    /** As text. */
    GENERATE;

    /** Adds a part of an answer. */
    void put(Map<String, @Nullable Object> json, String text, String thinking, List<Map<String, Object>> calls) {
        if (this == GENERATE) {
            json.put("response", text);
            if (!thinking.isEmpty()) {
                json.put("thinking", thinking);
            }
            return;
        }
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", "assistant");
        message.put("content", text);
        if (!thinking.isEmpty()) {
            message.put("thinking", thinking);
        }
        if (!calls.isEmpty()) {
            message.put("tool_calls", calls);
        }
        json.put("message", message);
    }
}
