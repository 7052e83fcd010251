package dev.tokapu.server.generate;

import dev.tokapu.chat.ChatRequest;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tools of a request while they are read: names are checked, and that the tool that must be called is there.
 *
 * <p>Thread safety: confined.
 *
 * @since 0.1
 */
public final class ToolList {

    private static final String NO_ARGUMENTS = "{\"type\":\"object\",\"properties\":{}}";

    private final List<ToolDefinition> tools = new ArrayList<>();
    private final Set<String> names = new LinkedHashSet<>();

    /** Creates one without tools. */
    public ToolList() {}

    /**
     * Adds a tool.
     *
     * @param name its name
     * @param description what it does; null for nothing to say
     * @param schema the schema of its arguments; null for none
     * @throws dev.tokapu.server.problem.ProblemException that names the parameter that is wrong
     */
    public void add(JsonValue name, @Nullable String description, @Nullable JsonValue schema) {
        String text = name.text();
        if (!text.matches("[A-Za-z0-9_.-]{1,128}")) {
            throw name.wrong("must be of 1 to 128 letters, digits, '_', '-' and '.'");
        }
        String json = schema == null ? NO_ARGUMENTS : schema.objectJson();
        ToolDefinition tool = Problems.checked(
                schema == null ? name.path() : schema.path(),
                () -> new ToolDefinition(text, description == null ? "" : description, json));
        if (!names.add(text)) {
            throw name.wrong("is '" + text + "', as the name of another tool is");
        }
        tools.add(tool);
    }

    /**
     * Gives a conversation the tools.
     *
     * @param chat the conversation
     * @param given where the choice was read; null when it was not given
     * @param choice whether tools may or must be called
     * @param several whether several may be called at once; null for what the template can
     * @return whether the model may call any
     * @throws dev.tokapu.server.problem.ProblemException when the tool that must be called is not there
     */
    public boolean addTo(
            ChatRequest.Builder chat, @Nullable JsonValue given, ToolChoice choice, @Nullable Boolean several) {
        String named = choice.name();
        if (given != null && tools.isEmpty() && (named != null || choice.equals(ToolChoice.required()))) {
            throw given.wrong("wants a tool to be called, and there is none; give tools");
        }
        if (given != null && named != null && !names.contains(named)) {
            throw given.wrong("names the tool '" + named + "', which is none of " + names);
        }
        if (tools.isEmpty()) {
            return false;
        }
        chat.tools(tools).toolChoice(choice).parallelToolCalls(several);
        return !choice.equals(ToolChoice.none());
    }
}
