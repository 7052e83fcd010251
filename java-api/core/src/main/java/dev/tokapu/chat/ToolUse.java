package dev.tokapu.chat;

import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.ToolDefinition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which tools the model may call in an answer. */
record ToolUse(
        List<ToolDefinition> definitions,
        ToolChoice choice,
        @Nullable Boolean parallel) {

    static ToolUse of(ChatOptions options) {
        return new ToolUse(options.tools(), options.toolChoice(), options.parallelToolCalls());
    }
}
