package dev.tokapu.server.responses;

import dev.tokapu.chat.ChatRequest;
import dev.tokapu.server.generate.ReasoningReader;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the model thinks, and how that is told.
 *
 * @param summary whether thoughts are told as summaries
 * @param json {@code reasoning} as the response tells it
 */
record Reasoning(boolean summary, Map<String, @Nullable Object> json) {

    /** Reads it, and sets it in a conversation. */
    static Reasoning read(JsonObject body, ChatRequest.Builder chat) {
        JsonObject reasoning = body.object("reasoning");
        JsonValue effort = null;
        JsonValue summary = null;
        if (reasoning != null) {
            effort = reasoning.get("effort");
            summary = reasoning.get("summary");
            if (summary == null) {
                summary = reasoning.get("generate_summary"); // its old name
            }
            if (summary != null) {
                summary.oneOf("auto", "detailed"); // a concise one nobody makes here
            }
            reasoning.rejectUnknown(Set.of());
        }
        ReasoningReader.read(body, effort, chat);
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("effort", effort == null ? null : effort.text());
        json.put("summary", summary == null ? null : summary.text());
        return new Reasoning(summary != null, json);
    }
}
