package dev.tokapu.mcp;

import dev.tokapu.tool.ToolDefinition;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a server says, as text within limits. */
final class ServerText {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_./-]{1,128}");
    private static final int SHOWN = 200;

    private ServerText() {}

    /** A tool as the model reads it. */
    static ToolDefinition definition(
            McpClient server, McpClientBuilder settings, McpSchema.Tool tool, McpJsonMapper mapper) {
        String name = settings.prefix + tool.name();
        if (!NAME.matcher(name).matches()) {
            throw new McpServerException(
                    server + " has a tool with the name '" + shown(name)
                            + "'; names are 1 to 128 letters, digits, dots, slashes, dashes and underscores. Leave it out with allow(...)",
                    null);
        }
        Map<String, Object> arguments = tool.inputSchema() == null ? Map.of("type", "object") : tool.inputSchema();
        String schema;
        try {
            schema = json(mapper, SchemaText.clean(arguments));
        } catch (IllegalArgumentException e) {
            throw new McpServerException(
                    server + " describes the arguments of " + name + " with " + e.getMessage()
                            + ". Leave it out with allow(...)",
                    e);
        }
        if (schema.length() > settings.maxSchema) {
            throw new McpServerException(
                    server + " describes the arguments of " + name + " with " + schema.length()
                            + " characters, more than " + settings.maxSchema + ". Leave it out with allow(...)",
                    null);
        }
        String description = tool.description() == null ? "" : tool.description();
        return new ToolDefinition(name, cut(clean(description), settings.maxDescription), schema);
    }

    /** The result of a call. */
    static String of(McpSchema.CallToolResult result, McpJsonMapper mapper, int most) {
        List<McpSchema.Content> parts = result.content() == null ? List.of() : result.content();
        String text = parts.stream().map(ServerText::part).collect(Collectors.joining("\n"));
        if (parts.isEmpty() && result.structuredContent() != null) {
            text = json(mapper, result.structuredContent());
        }
        return cut(text, most);
    }

    private static String part(McpSchema.Content part) {
        if (part instanceof McpSchema.TextContent text) {
            return text.text();
        }
        if (part instanceof McpSchema.EmbeddedResource embedded
                && embedded.resource() instanceof McpSchema.TextResourceContents text) {
            return text.text();
        }
        if (part instanceof McpSchema.ResourceLink link) {
            return link.uri();
        }
        return "[" + part.type() + ", which is not text]";
    }

    private static String json(McpJsonMapper mapper, Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (IOException e) {
            throw new McpServerException("what the MCP server sent is no JSON", e);
        }
    }

    /** Without control characters, which have no meaning for a model and hide text from people. */
    static String clean(String text) {
        return text.codePoints()
                .filter(c -> c == '\n'
                        || c == '\t'
                        || !(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return text.substring(0, end) + " [cut, " + (text.length() - end) + " characters more]";
    }

    /** For a message: one line, not too long. */
    static String shown(@Nullable String text) {
        return cut(clean(String.valueOf(text)).replace('\n', ' '), SHOWN);
    }
}
