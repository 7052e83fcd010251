package dev.tokapu.cli;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolDefinition;

/** A tool of a chat, and how the user sees it. */
interface ChatTool {

    /** What the model reads. */
    ToolDefinition definition();

    /** What a call runs. */
    Tool tool();

    /**
     * What a call runs, to be shown.
     *
     * @param arguments its arguments, as JSON
     */
    String shown(String arguments);

    /** What the calls run, to be shown. */
    String shown();
}
