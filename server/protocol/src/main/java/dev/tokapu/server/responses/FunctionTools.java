package dev.tokapu.server.responses;

import dev.tokapu.chat.ChatRequest;
import dev.tokapu.server.generate.ToolList;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.tool.ToolChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tools that a model may call.
 *
 * @param callable whether it may call any
 * @param json tools, tool_choice and parallel_tool_calls as the response tells them
 */
record FunctionTools(boolean callable, Map<String, Object> json) {

    /** Reads tools, tool_choice and parallel_tool_calls, and adds them to a conversation. */
    static FunctionTools read(JsonObject body, ChatRequest.Builder chat) {
        ToolList tools = new ToolList();
        List<Object> told = new ArrayList<>();
        for (JsonValue tool : body.elements("tools")) {
            told.add(add(tool.object(), tools));
        }
        JsonValue choice = body.get("tool_choice");
        JsonValue parallel = body.get("parallel_tool_calls");
        Boolean several = parallel == null ? null : (Boolean) parallel.flag();
        boolean callable = tools.addTo(chat, choice, choice == null ? ToolChoice.auto() : choice(choice), several);
        Map<String, Object> json = new LinkedHashMap<>();
        Object chosen = choice == null ? null : choice.value();
        json.put("parallel_tool_calls", several == null || several);
        json.put("tool_choice", chosen == null ? "auto" : chosen);
        json.put("tools", told);
        return new FunctionTools(callable, json);
    }

    /** A schema always holds here, whether or not it is to be strict. */
    private static Map<String, @Nullable Object> add(JsonObject tool, ToolList tools) {
        JsonValue type = tool.require("type");
        if (!type.text().equals("function")) {
            throw type.wrong("is '" + type.text() + "'; only tools of type 'function' can be called here");
        }
        JsonValue name = tool.require("name");
        String description = tool.text("description");
        JsonValue parameters = tool.get("parameters");
        tools.add(name, description, parameters);
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("type", "function");
        json.put("name", name.text());
        json.put("description", description);
        json.put("parameters", parameters == null ? null : parameters.value());
        json.put("strict", tool.flag("strict", true));
        tool.rejectUnknown(Set.of());
        return json;
    }

    private static ToolChoice choice(JsonValue choice) {
        if (choice.isText()) {
            return switch (choice.oneOf("auto", "none", "required")) {
                case "none" -> ToolChoice.none();
                case "required" -> ToolChoice.required();
                default -> ToolChoice.auto();
            };
        }
        JsonObject object = choice.object();
        object.require("type").oneOf("function");
        String name = object.require("name").text();
        object.rejectUnknown(Set.of());
        return ToolChoice.named(name);
    }
}
