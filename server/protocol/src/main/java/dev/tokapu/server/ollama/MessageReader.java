package dev.tokapu.server.ollama;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.Role;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The messages of a conversation. Calls of tools need no id: results belong to calls by name, or in their order. */
final class MessageReader {

    private final List<ToolCall> open = new ArrayList<>(); // calls without a result so far
    private int calls;

    private MessageReader() {}

    static List<ChatMessage> read(List<JsonValue> messages) {
        MessageReader reader = new MessageReader();
        return messages.stream().map(message -> reader.message(message)).toList();
    }

    /** That there are no images. */
    static void refuseImages(JsonObject object) {
        List<JsonValue> images = object.elements("images");
        if (!images.isEmpty()) {
            throw new JsonValue(images, object.path("images"))
                    .wrong("has " + images.size() + "; models read text alone here, leave images out");
        }
    }

    private ChatMessage message(JsonValue value) {
        JsonObject message = value.object();
        refuseImages(message);
        String role = message.require("role").oneOf("system", "user", "assistant", "tool");
        ChatMessage result = switch (role) {
            case "system" -> ChatMessage.system(content(message));
            case "user" -> ChatMessage.user(content(message));
            case "tool" -> ChatMessage.tool(answered(value, message).id(), content(message));
            default -> assistant(message);
        };
        message.rejectUnknown(Set.of());
        return result;
    }

    private static String content(JsonObject message) {
        return message.require("content").text();
    }

    private ChatMessage assistant(JsonObject message) {
        List<ToolCall> made = new ArrayList<>();
        for (JsonValue call : message.elements("tool_calls")) {
            made.add(call(call.object()));
        }
        open.clear();
        open.addAll(made);
        String content = made.isEmpty() ? content(message) : orEmpty(message.text("content"));
        return new ChatMessage(Role.ASSISTANT, content, orEmpty(message.text("thinking")), made, null);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private ToolCall call(JsonObject call) {
        JsonObject function = call.require("function").object();
        JsonValue name = function.require("name");
        if (name.text().isEmpty()) {
            throw name.wrong("is empty; give the name of the tool");
        }
        JsonValue arguments = function.get("arguments");
        String id = call.text("id");
        ToolCall result = new ToolCall(
                id == null || id.isEmpty() ? "call_" + calls : id,
                name.text(),
                arguments == null ? "{}" : arguments.objectJson());
        calls++;
        function.rejectUnknown(Ignored.CALL);
        call.rejectUnknown(Ignored.CALL);
        return result;
    }

    /** The call that a message of a tool answers. */
    private ToolCall answered(JsonValue value, JsonObject message) {
        String id = message.text("tool_call_id");
        String name = message.text("tool_name");
        String old = message.text("name");
        String tool = name == null ? old : name;
        ToolCall call = open.stream()
                .filter(one -> id == null || id.isEmpty() || one.id().equals(id))
                .filter(one -> tool == null || tool.isEmpty() || one.name().equals(tool))
                .findFirst()
                .orElseThrow(() -> value.wrong("is the result of a tool that the assistant has not called before it;"
                        + " give its message with tool_calls first"));
        open.remove(call);
        return call;
    }
}
