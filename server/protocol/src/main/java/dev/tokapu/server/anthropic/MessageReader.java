package dev.tokapu.server.anthropic;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.Role;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The messages of a conversation, with {@code system}. Messages of one role that follow each other are one, as Anthropic has it. */
final class MessageReader {

    /** A result is text to a model; this is how it knows. */
    private static final String ERROR = "Error: ";

    private final List<ChatMessage> all = new ArrayList<>();

    private MessageReader() {}

    static List<ChatMessage> read(JsonObject body) {
        MessageReader reader = new MessageReader();
        JsonValue system = body.get("system");
        if (system != null) {
            reader.all.add(ChatMessage.system(text(system)));
        }
        JsonValue messages = body.require("messages");
        List<JsonValue> elements = messages.elements();
        if (elements.isEmpty()) {
            throw messages.wrong("is empty; give at least one message");
        }
        elements.forEach(message -> reader.add(message.object()));
        if (elements.size() == 1 && reader.last().role() == Role.ASSISTANT) {
            throw elements.get(0).wrong("is the assistant's; begin with a message of the user");
        }
        if (!reader.last().toolCalls().isEmpty()) {
            throw elements.get(elements.size() - 1).wrong("calls tools; add their results, a call cannot be continued");
        }
        return reader.all;
    }

    private ChatMessage last() {
        return all.get(all.size() - 1);
    }

    private void add(JsonObject message) {
        String role = message.require("role").oneOf("user", "assistant", "system");
        JsonValue content = message.require("content");
        if (content.isArray() && content.elements().isEmpty()) {
            throw content.wrong("is empty; give at least one block");
        }
        switch (role) {
            case "system" -> all.add(ChatMessage.system(text(content)));
            case "assistant" -> addAssistant(content);
            default -> addUser(content);
        }
        message.rejectUnknown(Set.of());
    }

    /** Results come first: they belong to the calls before. */
    private void addUser(JsonValue content) {
        if (!content.isArray()) {
            join(ChatMessage.user(content.text()));
            return;
        }
        List<String> texts = new ArrayList<>();
        for (JsonValue block : content.elements()) {
            JsonObject object = block.object();
            if (type(object, "text", "tool_result").equals("text")) {
                texts.add(text(object));
            } else {
                all.add(result(object));
            }
        }
        if (!texts.isEmpty()) {
            join(ChatMessage.user(String.join("\n", texts)));
        }
    }

    private static ChatMessage result(JsonObject block) {
        String id = block.require("tool_use_id").text();
        JsonValue content = block.get("content");
        String text = content == null ? "" : text(content);
        boolean error = block.flag("is_error", false);
        block.rejectUnknown(Ignored.CALL);
        return ChatMessage.tool(id, error ? ERROR + text : text);
    }

    private void addAssistant(JsonValue content) {
        if (!content.isArray()) {
            join(ChatMessage.assistant(content.text()));
            return;
        }
        List<String> texts = new ArrayList<>();
        List<String> thoughts = new ArrayList<>();
        List<ToolCall> calls = new ArrayList<>();
        for (JsonValue block : content.elements()) {
            JsonObject object = block.object();
            switch (type(object, "text", "thinking", "tool_use", Ignored.REDACTED)) {
                case "text" -> texts.add(text(object));
                case "thinking" -> thoughts.add(thought(object));
                case "tool_use" -> calls.add(call(object));
                default -> {
                    // nothing that could be read
                }
            }
        }
        join(new ChatMessage(Role.ASSISTANT, String.join("\n", texts), String.join("\n", thoughts), calls, null));
    }

    private static String thought(JsonObject block) {
        String text = block.require("thinking").text();
        block.rejectUnknown(Ignored.THINKING);
        return text;
    }

    private static ToolCall call(JsonObject block) {
        JsonValue name = block.require("name");
        if (name.text().isEmpty()) {
            throw name.wrong("is empty; give the name of the tool");
        }
        ToolCall call = new ToolCall(
                block.require("id").text(), name.text(), block.require("input").objectJson());
        block.rejectUnknown(Ignored.CALL);
        return call;
    }

    /** Adds a message of the user or the assistant to the one before if that is of the same role. */
    private void join(ChatMessage message) {
        if (all.isEmpty() || last().role() != message.role()) {
            all.add(message);
            return;
        }
        ChatMessage before = all.remove(all.size() - 1);
        List<ToolCall> calls = new ArrayList<>(before.toolCalls());
        calls.addAll(message.toolCalls());
        all.add(new ChatMessage(
                message.role(),
                joined(before.content(), message.content()),
                joined(before.reasoning(), message.reasoning()),
                calls,
                null));
    }

    private static String joined(String one, String two) {
        return one.isEmpty() || two.isEmpty() ? one + two : one + '\n' + two;
    }

    /** A text, or blocks of text, one in each line. */
    private static String text(JsonValue content) {
        if (!content.isArray()) {
            return content.text();
        }
        List<String> texts = new ArrayList<>();
        for (JsonValue block : content.elements()) {
            JsonObject object = block.object();
            type(object, "text");
            texts.add(text(object));
        }
        return String.join("\n", texts);
    }

    private static String text(JsonObject block) {
        String text = block.require("text").text();
        block.rejectUnknown(Ignored.TEXT);
        return text;
    }

    private static String type(JsonObject block, String... some) {
        return block.require("type").oneOf(some);
    }
}
