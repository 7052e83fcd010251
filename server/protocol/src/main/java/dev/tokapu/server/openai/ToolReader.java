package dev.tokapu.server.openai;

import dev.tokapu.chat.ChatRequest;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The tools that a model may call, in OpenAI's form, which other APIs have taken over.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ToolReader {

    private static final String NO_ARGUMENTS = "{\"type\":\"object\",\"properties\":{}}";

    private ToolReader() {}

    /**
     * Reads tools, tool_choice and parallel_tool_calls.
     *
     * @param body the body of a request
     * @param chat what they are added to
     * @return whether the model may call tools
     * @throws dev.tokapu.server.problem.ProblemException that names the parameter that is wrong
     */
    public static boolean read(JsonObject body, ChatRequest.Builder chat) {
        List<ToolDefinition> tools = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonValue tool : body.elements("tools")) {
            ToolDefinition definition = tool(tool.object());
            if (!names.add(definition.name())) {
                throw tool.wrong("has the name '" + definition.name() + "', as another tool has");
            }
            tools.add(definition);
        }
        JsonValue choice = body.get("tool_choice");
        ToolChoice chosen = choice == null ? ToolChoice.auto() : choice(choice);
        if (choice != null && tools.isEmpty() && (chosen.name() != null || chosen.equals(ToolChoice.required()))) {
            throw choice.wrong("wants a tool to be called, and there is none; give tools");
        }
        if (choice != null && chosen.name() != null && !names.contains(chosen.name())) {
            throw choice.wrong("names the tool '" + chosen.name() + "', which is none of " + names);
        }
        JsonValue parallel = body.get("parallel_tool_calls");
        Boolean several = parallel == null ? null : (Boolean) parallel.flag();
        if (tools.isEmpty()) {
            return false;
        }
        chat.tools(tools).toolChoice(chosen).parallelToolCalls(several);
        return !chosen.equals(ToolChoice.none());
    }

    private static ToolDefinition tool(JsonObject tool) {
        tool.require("type").oneOf("function");
        JsonObject function = tool.require("function").object();
        JsonValue name = function.require("name");
        String text = name.text();
        if (!text.matches("[A-Za-z0-9_.-]{1,128}")) {
            throw name.wrong("must be of 1 to 128 letters, digits, '_', '-' and '.'");
        }
        String description = function.text("description");
        JsonValue parameters = function.get("parameters");
        String schema = parameters == null ? NO_ARGUMENTS : parameters.objectJson();
        function.rejectUnknown(Ignored.FUNCTION);
        tool.rejectUnknown(Set.of());
        return Problems.checked(
                function.path("parameters"),
                () -> new ToolDefinition(text, description == null ? "" : description, schema));
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
        JsonObject function = object.require("function").object();
        String name = function.require("name").text();
        function.rejectUnknown(Set.of());
        object.rejectUnknown(Set.of());
        return ToolChoice.named(name);
    }
}
