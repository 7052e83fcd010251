package dev.tokapu.mcp;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolDefinition;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to an MCP server, whose tools a chat can call.
 *
 * <pre>{@code
 * try (McpClient files = McpClient.stdio("npx", "-y", "@modelcontextprotocol/server-filesystem", "/data")
 *         .allow("read_text_file", "list_directory")
 *         .connect()) {
 *     String answer = chat.ask("What is in notes.txt?", Tools.builder().add(files.tools()).build());
 * }
 * }</pre>
 *
 * <p>What a server says is not trusted. Names must be plain, descriptions lose their control characters and their end, results have a limit, and
 * messages that are larger than {@link McpClientBuilder#maxMessageBytes} end the connection. Descriptions and results go to the model as text; control
 * tokens in them are not parsed. They can still ask the model for things: {@link McpClientBuilder#allow} and {@link McpClientBuilder#approval} decide what it may do.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class McpClient implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(McpClient.class);

    private final String name;
    private final McpClientBuilder settings;
    private final McpSyncClient client;
    private final McpJsonMapper mapper;

    McpClient(McpClientBuilder settings, McpSyncClient client, McpJsonMapper mapper) {
        this.name = settings.name;
        this.settings = new McpClientBuilder(settings);
        this.client = client;
        this.mapper = mapper;
    }

    /**
     * A server that is a program: it is started, reads its standard input and writes to its standard output. Of this process's environment it gets
     * what it needs to run (PATH, HOME and the like) and what {@link McpClientBuilder#environment} adds.
     *
     * @param command the program and its arguments
     * @return a builder with the defaults
     */
    public static McpClientBuilder stdio(String... command) {
        if (command.length == 0) {
            throw new IllegalArgumentException("the command of the MCP server is empty");
        }
        return new McpClientBuilder(List.of(command), null);
    }

    /**
     * A server that speaks streamable HTTP. Redirects are not followed.
     *
     * @param address its endpoint, {@code https://host/mcp} for example
     * @return a builder with the defaults
     */
    public static McpClientBuilder http(URI address) {
        String scheme = address.getScheme();
        if (address.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new IllegalArgumentException(
                    "'" + address + "' is no address of an MCP server; https://host/mcp is one");
        }
        return new McpClientBuilder(List.of(), address);
    }

    /**
     * The tools that the server has now and the client allows, under their names here. Each call asks the server.
     *
     * @return the tools, in the server's order
     * @throws McpServerException when the server cannot be reached, has too many tools, lacks an allowed one, or one of them is not acceptable
     */
    public List<Tool> tools() {
        List<McpSchema.Tool> offered =
                ask("tell its tools", () -> client.listTools().tools());
        List<Tool> tools = new ArrayList<>();
        Set<String> missing = new LinkedHashSet<>(settings.allowed);
        for (McpSchema.Tool tool : offered) {
            missing.remove(tool.name());
            if (settings.allowed.isEmpty() || settings.allowed.contains(tool.name())) {
                tools.add(tool(tool));
            }
        }
        if (!missing.isEmpty()) {
            throw new McpServerException(
                    this + " has no tool " + String.join(", ", missing) + "; it has "
                            + offered.stream()
                                    .map(McpSchema.Tool::name)
                                    .map(ServerText::shown)
                                    .toList(),
                    null);
        }
        if (tools.size() > settings.maxTools) {
            throw new McpServerException(
                    this + " has " + tools.size() + " tools, more than " + settings.maxTools
                            + " (maxTools); name the ones that the model needs with allow(...)",
                    null);
        }
        return List.copyOf(tools);
    }

    private Tool tool(McpSchema.Tool offered) {
        ToolDefinition definition = ServerText.definition(this, settings, offered, mapper);
        String remote = offered.name();
        Tool tool = Tool.of(definition, arguments -> call(remote, arguments)).withTimeout(settings.timeout);
        return settings.approval == null ? tool : tool.withApproval(settings.approval);
    }

    private String call(String tool, String arguments) {
        McpSchema.CallToolResult result = ask(
                "answer a call of " + tool,
                () -> client.callTool(McpSchema.CallToolRequest.builder(tool)
                        .arguments(mapper, arguments)
                        .build()));
        String text = ServerText.of(result, mapper, settings.maxResult);
        if (Boolean.TRUE.equals(result.isError())) {
            throw new McpServerException(text, null);
        }
        return text;
    }

    private interface Question<T> {
        T ask() throws Exception;
    }

    private <T> T ask(String what, Question<T> question) {
        try {
            return question.ask();
        } catch (Exception e) {
            throw failure(this.toString(), what, e);
        }
    }

    static McpServerException failure(String server, String what, Exception e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new McpServerException(server + " did not " + what + ": " + ServerText.shown(reason), e);
    }

    /** Ends the connection, and the program if it is one. */
    @Override
    public void close() {
        if (!client.closeGracefully()) {
            LOG.debug("{} did not end in time", this);
        }
    }

    @Override
    public String toString() {
        return "the MCP server '" + name + "'";
    }
}
