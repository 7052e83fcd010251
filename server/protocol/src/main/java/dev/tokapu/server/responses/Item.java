package dev.tokapu.server.responses;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An item of a conversation: what a client sent, or what the model made. */
sealed interface Item {

    String IN_PROGRESS = "in_progress";
    String COMPLETED = "completed";
    String INCOMPLETE = "incomplete";
    String ASSISTANT = "assistant";

    /** Its id. */
    String id();

    /** The item as the API writes it. */
    Map<String, Object> json();

    /** An id that nothing else has. */
    static String newId(String prefix) {
        return prefix + UUID.randomUUID().toString().replace("-", "");
    }

    private static Map<String, Object> object(String id, String type) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("type", type);
        return json;
    }

    private static Map<String, Object> part(String type, String text) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", type);
        json.put("text", text);
        return json;
    }

    /** What somebody says; {@code logprobs} are of the tokens that the model chose, where they were asked for. */
    record Message(String id, String role, String text, List<?> logprobs, String status) implements Item {

        @Override
        public Map<String, Object> json() {
            return json(List.of(part()));
        }

        /** With other parts. */
        Map<String, Object> json(List<?> parts) {
            Map<String, Object> json = object(id, "message");
            json.put("status", status);
            json.put("role", role);
            json.put("content", parts);
            return json;
        }

        /** Its text. */
        Map<String, Object> part() {
            if (!role.equals(ASSISTANT)) {
                return Item.part("input_text", text);
            }
            Map<String, Object> json = Item.part("output_text", text);
            json.put("annotations", List.of());
            json.put("logprobs", logprobs);
            return json;
        }
    }

    /** What the model thinks; as a summary where that was asked for. */
    record Thought(String id, String text, boolean summary, String status) implements Item {

        @Override
        public Map<String, Object> json() {
            return json(List.of(part()));
        }

        /** With other parts. */
        Map<String, Object> json(List<?> parts) {
            Map<String, Object> json = object(id, "reasoning");
            json.put("summary", summary ? parts : List.of());
            if (!summary) {
                json.put("content", parts);
            }
            json.put("status", status);
            return json;
        }

        /** Its text. */
        Map<String, Object> part() {
            return Item.part(summary ? "summary_text" : "reasoning_text", text);
        }
    }

    /** A call of a tool. */
    record Call(String id, String callId, String name, String arguments, String status) implements Item {

        @Override
        public Map<String, Object> json() {
            Map<String, Object> json = object(id, "function_call");
            json.put("status", status);
            json.put("call_id", callId);
            json.put("name", name);
            json.put("arguments", arguments);
            return json;
        }
    }

    /** What a tool gave back. */
    record Result(String id, String callId, String output) implements Item {

        @Override
        public Map<String, Object> json() {
            Map<String, Object> json = object(id, "function_call_output");
            json.put("status", COMPLETED);
            json.put("call_id", callId);
            json.put("output", output);
            return json;
        }
    }
}
