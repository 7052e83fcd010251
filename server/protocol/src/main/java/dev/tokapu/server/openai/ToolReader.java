package dev.tokapu.server.openai;

import dev.tokapu.chat.ChatRequest;
import dev.tokapu.server.generate.ToolList;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.tool.ToolChoice;
import java.util.Set;

/**
 * The tools that a model may call, in OpenAI's form, which other APIs have taken over.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ToolReader {

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
        ToolList tools = new ToolList();
        for (JsonValue tool : body.elements("tools")) {
            add(tool.object(), tools);
        }
        JsonValue choice = body.get("tool_choice");
        JsonValue parallel = body.get("parallel_tool_calls");
        Boolean several = parallel == null ? null : (Boolean) parallel.flag();
        return tools.addTo(chat, choice, choice == null ? ToolChoice.auto() : choice(choice), several);
    }

    private static void add(JsonObject tool, ToolList tools) {
        tool.require("type").oneOf("function");
        JsonObject function = tool.require("function").object();
        tools.add(function.require("name"), function.text("description"), function.get("parameters"));
        function.rejectUnknown(Ignored.FUNCTION);
        tool.rejectUnknown(Set.of());
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
