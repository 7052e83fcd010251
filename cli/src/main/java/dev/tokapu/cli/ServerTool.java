package dev.tokapu.cli;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolDefinition;

/**
 * A tool of an MCP server.
 *
 * @param server its command or address, as it was given
 */
record ServerTool(Tool tool, String server) implements ChatTool {

    @Override
    public ToolDefinition definition() {
        return tool.definition();
    }

    @Override
    public String shown(String arguments) {
        return shown();
    }

    @Override
    public String shown() {
        return "at the MCP server " + Visible.of(server);
    }
}
