package dev.tokapu.mcp;

import dev.tokapu.tool.ToolApproval;
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How to connect to an MCP server: {@link McpClient#stdio} and {@link McpClient#http} give one.
 *
 * <p>Thread safety: not safe.
 *
 * @since 0.1
 */
public final class McpClientBuilder {

    private static final String VERSION = "0.1";
    private static final Duration SECONDS_60 = Duration.ofSeconds(60);

    private final List<String> command;
    private final @Nullable URI address;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> headers = new HashMap<>();
    final Set<String> allowed = new LinkedHashSet<>();
    String name;

    @Nullable
    ToolApproval approval;

    Duration timeout = SECONDS_60;
    private Duration startTimeout = SECONDS_60;
    int maxTools = 64;
    private int maxMessageBytes = 4 << 20;
    String prefix = "";
    int maxDescription = 1024;
    int maxSchema = 16 << 10;
    int maxResult = 64 << 10;

    McpClientBuilder(List<String> command, @Nullable URI address) {
        this.command = command;
        this.address = address;
        this.name = address == null ? command.get(0) : String.valueOf(address.getHost());
    }

    McpClientBuilder(McpClientBuilder other) {
        this(other.command, other.address);
        environment.putAll(other.environment);
        headers.putAll(other.headers);
        allowed.addAll(other.allowed);
        name = other.name;
        approval = other.approval;
        timeout = other.timeout;
        startTimeout = other.startTimeout;
        maxTools = other.maxTools;
        maxMessageBytes = other.maxMessageBytes;
        prefix = other.prefix;
        maxDescription = other.maxDescription;
        maxSchema = other.maxSchema;
        maxResult = other.maxResult;
    }

    /** What messages call the server; default the program, or the host. */
    public McpClientBuilder name(String value) {
        name = Objects.requireNonNull(value, "name");
        return this;
    }

    /** A variable of the program's environment. */
    public McpClientBuilder environment(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** A header of all HTTP requests, {@code authorization} for example. */
    public McpClientBuilder header(String header, String value) {
        headers.put(header, value);
        return this;
    }

    /** The tools that the model may call, by the server's names; default all of them. */
    public McpClientBuilder allow(String... tools) {
        allowed.addAll(List.of(tools));
        return this;
    }

    /** What the names of the tools begin with here, so that those of several servers differ; default nothing. */
    public McpClientBuilder prefix(String value) {
        prefix = Objects.requireNonNull(value, "prefix");
        return this;
    }

    /** Is asked before each call; default nobody. */
    public McpClientBuilder approval(ToolApproval value) {
        approval = Objects.requireNonNull(value, "approval");
        return this;
    }

    /** How long a call may take; default 60 seconds. */
    public McpClientBuilder timeout(Duration value) {
        timeout = positive("timeout", value);
        return this;
    }

    /** How many tools the model may have of this server, 1 or more; default 64. */
    public McpClientBuilder maxTools(int value) {
        maxTools = atLeastOne("maxTools", value);
        return this;
    }

    /** How many characters of a description the model sees, 1 or more; default 1,024. */
    public McpClientBuilder maxDescription(int value) {
        maxDescription = atLeastOne("maxDescription", value);
        return this;
    }

    /** How many characters of a result the model sees, 1 or more; default 65,536. */
    public McpClientBuilder maxResult(int value) {
        maxResult = atLeastOne("maxResult", value);
        return this;
    }

    /** How large a message of the server may be, 1 or more; default 4 MiB. */
    public McpClientBuilder maxMessageBytes(int value) {
        maxMessageBytes = atLeastOne("maxMessageBytes", value);
        return this;
    }

    private static int atLeastOne(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(option + " must be 1 or more, not " + value);
        }
        return value;
    }

    /** How long the server may take to answer first; default 60 seconds. */
    public McpClientBuilder startTimeout(Duration value) {
        startTimeout = positive("startTimeout", value);
        return this;
    }

    private static Duration positive(String option, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(option + " must be more than nothing, not " + value);
        }
        return value;
    }

    /**
     * Starts the program if it is one, and connects.
     *
     * @return the connection, to be closed by the caller
     * @throws McpServerException when the program cannot be started or ends, or the server does not answer in time
     */
    public McpClient connect() {
        String server = "the MCP server '" + name + "'";
        McpJsonMapper mapper = McpJsonDefaults.getMapper();
        CompletableFuture<IOException> end = new CompletableFuture<>();
        McpClientTransport transport;
        try {
            transport = transport(mapper, end);
        } catch (IOException e) {
            throw McpClient.failure(server, "start", e);
        }
        McpAsyncClient client = io.modelcontextprotocol.client.McpClient.async(new QuietTransport(transport))
                .requestTimeout(
                        timeout.compareTo(SECONDS_60) > 0 ? timeout : SECONDS_60) // calls have a limit of their own
                .initializationTimeout(startTimeout)
                .clientInfo(McpSchema.Implementation.builder("tokapu", VERSION).build())
                .build();
        McpClient connected = new McpClient(this, client, transport, end, mapper);
        try {
            McpSchema.InitializeResult unused = McpClient.ask(server, "answer", client.initialize(), end);
        } catch (McpServerException e) {
            connected.close();
            throw e;
        }
        return connected;
    }

    private McpClientTransport transport(McpJsonMapper mapper, CompletableFuture<IOException> end) throws IOException {
        if (address == null) {
            return ProgramTransport.start(name, command, environment, maxMessageBytes, mapper, end);
        }
        String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
        return HttpClientStreamableHttpTransport.builder(address.getScheme() + "://" + address.getRawAuthority())
                .endpoint(path + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery()))
                .jsonMapper(mapper)
                .maxResponseSize(maxMessageBytes)
                .connectTimeout(startTimeout)
                .addHttpRequestCustomizer(
                        (request, method, endpoint, body, context) -> headers.forEach(request::setHeader))
                .build();
    }
}
