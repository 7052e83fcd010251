package dev.tokapu.mcp;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Tools as a server describes and calls them.
 *
 * <p>Thread safety: safe.
 */
final class OfferedTools {

    /** What the server has: tools that do not change. */
    static final McpSchema.ServerCapabilities CAPABILITIES =
            McpSchema.ServerCapabilities.builder().tools(false).build();

    /** Bytes of a message at most. */
    static final int MOST_BYTES = 16 << 20;

    private final Tools tools;
    private final McpJsonMapper mapper;
    private final AtomicLong calls = new AtomicLong();

    OfferedTools(Tools tools, McpJsonMapper mapper) {
        this.tools = tools;
        this.mapper = mapper;
    }

    /** Each of them, as something that is made of its description. */
    <T> List<T> each(Function<McpSchema.Tool, T> made) {
        return tools.tools().stream().map(this::description).map(made).toList();
    }

    private McpSchema.Tool description(Tool tool) {
        return McpSchema.Tool.builder(tool.name(), mapper, tool.argumentsSchema())
                .description(tool.definition().description())
                .build();
    }

    McpSchema.CallToolResult call(McpSchema.CallToolRequest request) {
        Map<String, Object> arguments = request.arguments() == null ? Map.of() : request.arguments();
        String json;
        try {
            json = mapper.writeValueAsString(arguments);
        } catch (IOException e) {
            throw new IllegalStateException("arguments that were JSON are none any more", e);
        }
        ToolResult result = tools.run(
                        List.of(new ToolCall(Long.toString(calls.incrementAndGet()), request.name(), json)))
                .get(0);
        return McpSchema.CallToolResult.builder()
                .addTextContent(result.text())
                .isError(result.isError())
                .build();
    }
}
