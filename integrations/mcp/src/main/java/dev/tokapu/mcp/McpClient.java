package dev.tokapu.mcp;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolDefinition;
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;

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

    private static final int MOST_OFFERED = 1000; // whether they are allowed or not
    private static final int MOST_PAGES = 100;

    private final String name;
    private final McpClientBuilder settings;
    private final McpAsyncClient client;
    private final McpClientTransport transport;
    private final CompletableFuture<IOException> end;
    private final McpJsonMapper mapper;

    /** {@code end}: why the connection has ended, when it has. */
    McpClient(
            McpClientBuilder settings,
            McpAsyncClient client,
            McpClientTransport transport,
            CompletableFuture<IOException> end,
            McpJsonMapper mapper) {
        this.name = settings.name;
        this.settings = new McpClientBuilder(settings);
        this.client = client;
        this.transport = transport;
        this.end = end;
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
        List<McpSchema.Tool> offered = offered();
        List<Tool> tools = new ArrayList<>();
        Set<String> missing = new LinkedHashSet<>(settings.allowed);
        Set<String> names = new HashSet<>();
        for (McpSchema.Tool tool : offered) {
            missing.remove(tool.name());
            if (!names.add(tool.name())) {
                throw new McpServerException(this + " has two tools " + ServerText.shown(tool.name()), null);
            }
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

    private List<McpSchema.Tool> offered() {
        List<McpSchema.Tool> offered = new ArrayList<>();
        String cursor = null;
        for (int page = 0; page < MOST_PAGES && offered.size() <= MOST_OFFERED; page++) {
            McpSchema.ListToolsResult part = ask("tell its tools", client.listTools(cursor));
            offered.addAll(part.tools());
            cursor = part.nextCursor();
            if (cursor == null || cursor.isEmpty()) {
                return offered;
            }
        }
        throw new McpServerException(this + " does not come to the end of its tools", null);
    }

    private Tool tool(McpSchema.Tool offered) {
        ToolDefinition definition = ServerText.definition(this, settings, offered, mapper);
        String remote = offered.name();
        Tool tool;
        try {
            tool = Tool.of(definition, arguments -> call(remote, arguments)).withTimeout(settings.timeout);
        } catch (IllegalArgumentException e) {
            throw new McpServerException(
                    this + " has a tool " + remote + " whose arguments cannot be checked: "
                            + ServerText.shown(e.getMessage()) + ". Leave it out with allow(...)",
                    e);
        }
        return settings.approval == null ? tool : tool.withApproval(settings.approval);
    }

    private String call(String tool, String arguments) {
        McpSchema.CallToolRequest request = McpSchema.CallToolRequest.builder(tool)
                .arguments(mapper, arguments)
                .build();
        McpSchema.CallToolResult result = ask("answer a call of " + tool, client.callTool(request));
        String text = ServerText.of(result, mapper, settings.maxResult);
        if (Boolean.TRUE.equals(result.isError())) {
            throw new McpServerException(text, null);
        }
        return text;
    }

    private <T> T ask(String what, Mono<T> question) {
        return ask(toString(), what, question, end);
    }

    /** Waits for an answer, or for the end of the connection. */
    static <T> T ask(String server, String what, Mono<T> question, CompletableFuture<IOException> end) {
        try {
            Mono<T> lost = Mono.fromFuture(end, true).flatMap(Mono::error);
            return Objects.requireNonNull(Mono.firstWithSignal(question, lost).block(), "an empty answer");
        } catch (RuntimeException e) {
            throw failure(server, what, e);
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

    /** Ends the connection, and the program if it is one: by force when it does not end by itself within some seconds. */
    @Override
    public void close() {
        transport.close();
        client.close();
    }

    @Override
    public String toString() {
        return "the MCP server '" + name + "'";
    }
}
