package dev.tokapu.mcp;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Messages as requests of HTTP, each answered by itself. MCP's SDK has the same for servlets alone.
 *
 * <p>Thread safety: safe.
 */
final class HttpTransport implements McpStatelessServerTransport, HttpHandler {

    static final String PATH = "/mcp";

    private static final Logger LOG = LoggerFactory.getLogger(McpHttpServer.class);
    private static final String JSON = "application/json";
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int UNSUPPORTED_TYPE = 415;
    private static final int FAILED = 500;
    private static final int UNAVAILABLE = 503;
    private static final int NO_BODY = -1;

    private final McpJsonMapper mapper;
    private final byte @Nullable [] authorization;
    private final Set<String> hosts;
    private final RequestBodies bodies;
    private volatile @Nullable McpStatelessServerHandler handler;

    /** {@code hosts}: what clients may call this machine, in lower case; empty for anything. */
    HttpTransport(McpJsonMapper mapper, @Nullable String key, Set<String> hosts, RequestBodies bodies) {
        this.mapper = mapper;
        this.authorization = key == null ? null : ("Bearer " + key).getBytes(StandardCharsets.UTF_8);
        this.hosts = hosts;
        this.bodies = bodies;
    }

    @Override
    public void setMcpHandler(McpStatelessServerHandler value) {
        handler = value;
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.empty(); // the server ends connections
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                check(exchange);
                answer(exchange);
            } catch (HttpRefusal e) {
                LOG.debug("A request was refused: {}", e.getMessage());
                refuse(exchange, e);
            } catch (RuntimeException e) {
                LOG.warn("A request failed", e);
                refuse(exchange, new HttpRefusal(FAILED, McpSchema.ErrorCodes.INTERNAL_ERROR, "the server failed"));
            }
        }
    }

    private void check(HttpExchange exchange) throws HttpRefusal {
        Headers headers = exchange.getRequestHeaders();
        String host = String.valueOf(headers.getFirst("host"));
        String name = host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
        if (!hosts.isEmpty() && !hosts.contains(name)) {
            throw new HttpRefusal(FORBIDDEN, "the host '" + ServerText.shown(host) + "' is not this one");
        }
        String origin = headers.getFirst("origin");
        if (origin != null && !origin.endsWith("://" + host)) {
            throw new HttpRefusal(FORBIDDEN, "pages of other hosts may not call this server");
        }
        String given = headers.getFirst("authorization");
        if (authorization != null
                && (given == null || !MessageDigest.isEqual(authorization, given.getBytes(StandardCharsets.UTF_8)))) {
            throw new HttpRefusal(UNAUTHORIZED, "the key is missing or wrong; send Authorization: Bearer KEY");
        }
        if (!exchange.getRequestURI().getPath().equals(PATH)) {
            throw new HttpRefusal(NOT_FOUND, "there is nothing here; messages go to " + PATH);
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            throw new HttpRefusal(METHOD_NOT_ALLOWED, "send messages with POST");
        }
        String type = headers.getFirst("content-type");
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(JSON)) {
            throw new HttpRefusal(UNSUPPORTED_TYPE, "send messages as " + JSON);
        }
        String encoding = headers.getFirst("content-encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new HttpRefusal(
                    UNSUPPORTED_TYPE,
                    "the content-encoding '" + ServerText.shown(encoding) + "' is not decoded; send messages without");
        }
        String version = headers.getFirst("mcp-protocol-version");
        if (version != null && !protocolVersions().contains(version)) {
            throw new HttpRefusal(
                    BAD_REQUEST,
                    "the version '" + ServerText.shown(version) + "' of MCP is none of " + protocolVersions());
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        McpSchema.JSONRPCResponse response;
        try (RequestBodies.Body body = bodies.open()) { // its bytes are free before the client can send more
            response = response(message(body.read(exchange)));
        }
        if (response == null) {
            exchange.sendResponseHeaders(ACCEPTED, NO_BODY);
        } else {
            respond(exchange, OK, response);
        }
    }

    /** {@return what is answered; null to what a client tells of its session, of which there is none} */
    private McpSchema.@Nullable JSONRPCResponse response(McpSchema.JSONRPCMessage message) {
        if (!(message instanceof McpSchema.JSONRPCRequest request)) {
            return null;
        }
        McpStatelessServerHandler server = Objects.requireNonNull(handler);
        return Objects.requireNonNull(
                server.handleRequest(McpTransportContext.EMPTY, request).block());
    }

    private McpSchema.JSONRPCMessage message(String body) throws HttpRefusal {
        try {
            return McpSchema.deserializeJsonRpcMessage(mapper, body);
        } catch (IOException | RuntimeException e) {
            throw new HttpRefusal(
                    BAD_REQUEST, McpSchema.ErrorCodes.PARSE_ERROR, "the body is no message of JSON-RPC 2.0");
        }
    }

    private void refuse(HttpExchange exchange, HttpRefusal refusal) throws IOException {
        if (refusal.status() == UNAUTHORIZED) {
            exchange.getResponseHeaders().set("www-authenticate", "Bearer");
        } else if (refusal.status() == METHOD_NOT_ALLOWED) {
            exchange.getResponseHeaders().set("allow", "POST");
        } else if (refusal.status() == UNAVAILABLE) {
            exchange.getResponseHeaders().set("retry-after", "1");
        }
        Map<String, @Nullable Object> error = new LinkedHashMap<>(); // MCP's SDK has none without an id
        error.put("jsonrpc", McpSchema.JSONRPC_VERSION);
        error.put("id", null);
        error.put("error", Map.of("code", refusal.code(), "message", String.valueOf(refusal.getMessage())));
        respond(exchange, refusal.status(), error);
    }

    private void respond(HttpExchange exchange, int status, Object response) throws IOException {
        byte[] body = mapper.writeValueAsBytes(response);
        exchange.getResponseHeaders().set("content-type", JSON);
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
            out.flush(); // sends it before the rest of the request is awaited
            bodies.discard(exchange);
        }
    }
}
