package dev.tokapu.mcp;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** What MCP's conformance tests ask for: a client that calls each tool of a server, and the tools of a server. */
final class ConformanceProgram {

    private static final String NOTHING = "{\"type\":\"object\",\"properties\":{}}";
    private static final String SCHEMA =
            "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\","
                    + "\"$defs\":{\"address\":{\"type\":\"object\",\"properties\":{\"street\":{\"type\":\"string\"},"
                    + "\"city\":{\"type\":\"string\"}}}},\"properties\":{\"name\":{\"type\":\"string\"},"
                    + "\"address\":{\"$ref\":\"#/$defs/address\"}},\"additionalProperties\":false}";

    private ConformanceProgram() {}

    /** The client; its last argument is the address of the server. */
    public static void main(String[] args) {
        try (McpClient client =
                McpClient.http(URI.create(args[args.length - 1])).connect()) {
            List<Tool> tools = client.tools();
            for (Tool tool : tools) {
                ToolResult result = Tools.builder()
                        .add(tools)
                        .build()
                        .run(List.of(new ToolCall("1", tool.name(), "{\"a\":5,\"b\":3}")))
                        .get(0);
                System.out.println(tool.name() + ": " + result.text());
            }
        } catch (McpServerException e) { // one of the servers has no tools
            System.out.println(e.getMessage());
        }
    }

    /** The command that starts it. */
    static String command() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return java + " -cp " + System.getProperty("java.class.path") + " " + ConformanceProgram.class.getName();
    }

    static Tools tools() {
        return Tools.builder()
                .add(Tool.of(
                        new ToolDefinition("test_simple_text", "Says a text", NOTHING),
                        arguments -> "This is a simple text response for testing."))
                .add(Tool.of(new ToolDefinition("test_error_handling", "Goes wrong", NOTHING), arguments -> {
                    throw new IllegalStateException("This tool intentionally returns an error for testing");
                }))
                .add(Tool.of(
                        new ToolDefinition("json_schema_2020_12_tool", "Has a schema", SCHEMA), arguments -> "done"))
                .build();
    }
}
