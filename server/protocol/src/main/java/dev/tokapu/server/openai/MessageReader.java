package dev.tokapu.server.openai;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.Role;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The messages of a conversation. */
final class MessageReader {

    private MessageReader() {}

    static List<ChatMessage> read(JsonValue messages) {
        List<ChatMessage> all = new ArrayList<>();
        for (JsonValue message : messages.elements()) {
            all.add(message(message.object()));
        }
        if (all.isEmpty()) {
            throw messages.wrong("is empty; give at least one message");
        }
        return all;
    }

    private static ChatMessage message(JsonObject message) {
        String role = message.require("role").oneOf("system", "developer", "user", "assistant", "tool");
        ChatMessage result = switch (role) {
            case "system", "developer" -> ChatMessage.system(content(message.require("content")));
            case "user" -> ChatMessage.user(content(message.require("content")));
            case "tool" ->
                ChatMessage.tool(message.require("tool_call_id").text(), content(message.require("content")));
            default -> assistant(message);
        };
        message.rejectUnknown(Ignored.MESSAGE);
        return result;
    }

    private static ChatMessage assistant(JsonObject message) {
        JsonValue content = message.get("content");
        List<ToolCall> calls = new ArrayList<>();
        for (JsonValue call : message.elements("tool_calls")) {
            calls.add(call(call.object()));
        }
        if (content == null && calls.isEmpty()) {
            content = message.require("content");
        }
        String reasoning = message.text("reasoning_content");
        return new ChatMessage(Role.ASSISTANT, content(content), reasoning == null ? "" : reasoning, calls, null);
    }

    private static String content(@Nullable JsonValue content) {
        if (content == null) {
            return "";
        }
        if (!content.isArray()) {
            return content.text();
        }
        StringBuilder text = new StringBuilder();
        for (JsonValue part : content.elements()) {
            JsonObject object = part.object();
            JsonValue type = object.require("type");
            if (!type.text().equals("text")) {
                throw type.wrong("is '" + type.text() + "'; only parts of type 'text' can be read here");
            }
            text.append(object.require("text").text());
            object.rejectUnknown(Ignored.PART);
        }
        return text.toString();
    }

    private static ToolCall call(JsonObject call) {
        String id = call.require("id").text();
        JsonValue type = call.get("type");
        if (type != null) {
            type.oneOf("function");
        }
        JsonObject function = call.require("function").object();
        JsonValue name = function.require("name");
        if (name.text().isEmpty()) {
            throw name.wrong("is empty; give the name of the tool");
        }
        JsonValue arguments = function.require("arguments");
        if (!JsonText.isObject(arguments.text())) {
            throw arguments.wrong("must be a JSON object as text");
        }
        function.rejectUnknown(Set.of());
        call.rejectUnknown(Set.of("index"));
        return new ToolCall(id, name.text(), arguments.text());
    }
}
