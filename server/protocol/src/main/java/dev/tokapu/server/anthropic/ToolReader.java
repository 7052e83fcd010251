package dev.tokapu.server.anthropic;

import dev.tokapu.chat.ChatRequest;
import dev.tokapu.server.generate.ToolList;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.tool.ToolChoice;
import java.util.Set;

/** The tools that a model may call. */
final class ToolReader {

    private ToolReader() {}

    /** Adds tools, choice and number. */
    static void read(JsonObject body, ChatRequest.Builder chat) {
        ToolList tools = new ToolList();
        for (JsonValue tool : body.elements("tools")) {
            add(tool.object(), tools);
        }
        JsonValue given = body.get("tool_choice");
        ToolChoice choice = ToolChoice.auto();
        Boolean several = null;
        if (given != null) {
            JsonObject object = given.object();
            choice = choice(object);
            several = object.flag("disable_parallel_tool_use", false) ? Boolean.FALSE : null;
            object.rejectUnknown(Set.of());
        }
        tools.addTo(chat, given, choice, several);
    }

    private static void add(JsonObject tool, ToolList tools) {
        JsonValue type = tool.get("type");
        if (type != null) {
            type.oneOf("custom"); // the others are Anthropic's own
        }
        tools.add(tool.require("name"), tool.text("description"), tool.require("input_schema"));
        tool.rejectUnknown(Ignored.TOOL);
    }

    private static ToolChoice choice(JsonObject choice) {
        return switch (choice.require("type").oneOf("auto", "any", "tool", "none")) {
            case "any" -> ToolChoice.required();
            case "tool" -> ToolChoice.named(choice.require("name").text());
            case "none" -> ToolChoice.none();
            default -> ToolChoice.auto();
        };
    }
}
