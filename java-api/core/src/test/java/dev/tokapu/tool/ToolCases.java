package dev.tokapu.tool;

import java.util.List;

/** Tools and calls for tests. */
final class ToolCases {

    static final String ANY = "{\"type\":\"object\"}";

    private ToolCases() {}

    static Tool tool(String name, ToolFunction<String, String> body) {
        return Tool.of(new ToolDefinition(name, "does " + name, ANY), body);
    }

    static Tool echo(String name) {
        return tool(name, arguments -> name + " " + arguments);
    }

    static ToolCall call(String name) {
        return new ToolCall("id-" + name, name, "{}");
    }

    static List<ToolCall> calls(String... names) {
        return List.of(names).stream().map(ToolCases::call).toList();
    }
}
